import { CONTRACT, type Endpoint, type EndpointName, type ResponseOf } from '@hopline/model/api';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { ApiContext } from './api-context.ts';
import { getConnections, getConsumers, getServers, getStreams } from './cluster.ts';
import { getConsumer } from './consumer.ts';
import { getConversation } from './conversation.ts';
import { BadRequest } from './errors.ts';
import { getEvents } from './events.ts';
import { getLatency } from './latency.ts';
import { getMessage } from './message.ts';
import { getMessages } from './messages.ts';
import { getPaths } from './paths.ts';
import { getSchema } from './schema.ts';
import { getSchemaDiff, getSchemaVersion } from './schema-version.ts';
import { getSchemas } from './schemas.ts';
import { getServices } from './services.ts';
import { getSlowest } from './slowest.ts';
import { getStream } from './stream.ts';
import { getTopology } from './topology.ts';
import { getTrace } from './trace.ts';

type Given<Name extends EndpointName> = z.output<(typeof CONTRACT)[Name]['params']> &
  z.output<(typeof CONTRACT)[Name]['query']>;

/** One function per resource of the contract; it gets path parameters and query in one object. */
type Handlers = {
  [Name in EndpointName]: (
    context: ApiContext,
    given: Given<Name>,
  ) => Promise<ResponseOf<Name>> | ResponseOf<Name>;
};

const HANDLERS: Handlers = {
  status: (context) => context.status(),
  services: getServices,
  topology: getTopology,
  messages: getMessages,
  message: getMessage,
  trace: getTrace,
  conversation: getConversation,
  servers: getServers,
  streams: getStreams,
  stream: getStream,
  consumers: getConsumers,
  consumer: getConsumer,
  connections: getConnections,
  events: getEvents,
  paths: getPaths,
  latency: getLatency,
  slowest: getSlowest,
  schemas: getSchemas,
  schema: getSchema,
  schemaVersion: getSchemaVersion,
  schemaDiff: getSchemaDiff,
};

/** Makes a route of every endpoint of the contract. */
export function registerRoutes(app: FastifyInstance, context: ApiContext): void {
  for (const [name, endpoint] of Object.entries(CONTRACT) as [EndpointName, Endpoint][]) {
    const handler = HANDLERS[name] as (context: ApiContext, given: object) => unknown;
    app.get(endpoint.path.replace(/\{(\w+)\}/g, ':$1'), async (request, reply) => {
      const given = {
        ...parsed(endpoint.query, request.query),
        ...parsed(endpoint.params, request.params),
      };
      void reply.header('cache-control', 'no-store');
      return await handler(context, given);
    });
  }
}

const MAX_ECHO_CHARS = 100;

const shortened = (text: string): string =>
  text.length <= MAX_ECHO_CHARS ? text : `${text.slice(0, MAX_ECHO_CHARS)}…`;

/** `given` as the schema understands it. Throws BadRequest that names the field and its value. */
function parsed(schema: z.ZodObject, given: unknown): object {
  const values = given as Record<string, unknown>;
  const result = schema.strict().safeParse(values);
  if (result.success) return result.data;
  const wrong = result.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') return `${issue.keys.join(', ')} is not a parameter`;
    const field = String(issue.path[0] ?? '');
    return `${field} is ${shortened(String(JSON.stringify(values[field])))}: ${issue.message}`;
  });
  throw new BadRequest(`cannot read request: ${wrong.join('; ')}`);
}
