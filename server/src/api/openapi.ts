import { CONTRACT, type Endpoint, errorResponse, LIVE_PATH, liveEvent } from '@hopline/model/api';
import { z } from 'zod';

/** OpenAPI 3.1 document of the whole contract. */
export function openApiDocument(version: string): object {
  const paths: Record<string, object> = {};
  for (const [name, endpoint] of Object.entries(CONTRACT)) {
    paths[endpoint.path] = { get: operation(name, endpoint) };
  }
  paths[LIVE_PATH] = { get: liveOperation() };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hopline',
      version,
      description: 'Where every NATS message went. Times are Unix ns as decimal strings.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: { schemas: { Error: schemaOf(errorResponse) } },
  };
}

function operation(name: string, { summary, params, query, response }: Endpoint): object {
  return {
    operationId: name,
    summary,
    parameters: [...parameters('path', params), ...parameters('query', query)],
    responses: { 200: json('The answer', schemaOf(response)), default: ERROR },
  };
}

function liveOperation(): object {
  return {
    operationId: 'live',
    summary: 'Server-sent events: `stored`, at most once a second, whenever rows became readable',
    parameters: [],
    responses: {
      200: {
        description: 'Events; the data of `stored` is this object as JSON',
        content: { 'text/event-stream': { schema: schemaOf(liveEvent) } },
      },
      default: ERROR,
    },
  };
}

const ERROR = {
  description: 'Any other status: what is wrong, by a stable code and in words',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
};

const json = (description: string, schema: object): object => ({
  description,
  content: { 'application/json': { schema } },
});

function parameters(place: 'path' | 'query', schema: z.ZodObject): object[] {
  const { properties = {}, required = [] } = schemaOf(schema, 'input');
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'output') {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
