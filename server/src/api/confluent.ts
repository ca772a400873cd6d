import type { CompatibilityMode, SchemaRegistry } from '@hopline/client/schemas';
import { COMPATIBILITY_MODES } from '@hopline/client/schemas';
import type { FastifyInstance } from 'fastify';
import type { Schemas } from '../schemas/schemas.ts';
import { draftOf, schemaFields } from './confluent-bodies.ts';
import { ConfluentError, confluentAnswer } from './confluent-errors.ts';
import { isAuthorized } from './is-authorized.ts';
import { readRecords } from './schemas.ts';

/** Base of the addresses: what a Confluent client is given after host and port. */
export const CONFLUENT_PATH = '/confluent';
const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';
/** A schema of 256 KiB, escaped as JSON in JSON, and its references. */
const MAX_BODY_BYTES = 1024 * 1024;

interface Given {
  subject: string;
  version: string;
  id: string;
}

type Answer = (
  registry: SchemaRegistry,
  given: Given,
  body: Readonly<Record<string, unknown>>,
) => Promise<unknown>;

export interface ConfluentOptions {
  schemas: Schemas;
  access: 'off' | 'read' | 'write';
  /** Without one nobody writes. */
  password?: string | undefined;
}

/**
 * The endpoints of Confluent's Schema Registry that its clients need, over the registry in NATS. Its ids
 * are our numbers, which are kept in the bucket and never change.
 */
export async function registerConfluent(
  app: FastifyInstance,
  { schemas, access, password }: ConfluentOptions,
): Promise<void> {
  if (access === 'off') return;
  await app.register(
    async (scope) => {
      scope.removeAllContentTypeParsers();
      // Not text/plain: a page of another origin could send that without asking.
      scope.addContentTypeParser(
        [MEDIA_TYPE, 'application/vnd.schemaregistry+json', 'application/json'],
        { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
        scope.getDefaultJsonParser('error', 'error'),
      );
      scope.setErrorHandler(async (error, _request, reply) => {
        const { status, body } = confluentAnswer(error);
        if (status === 401) reply.header('www-authenticate', 'Basic realm="schema registry"');
        return await reply.code(status).type(MEDIA_TYPE).send(JSON.stringify(body));
      });
      for (const [route, answer] of Object.entries(ROUTES)) {
        const [method, url] = route.split(' ') as ['GET' | 'POST' | 'PUT', string];
        scope.route({
          method,
          url,
          handler: async (request, reply) => {
            const isWrite = WRITES.has(route);
            if (isWrite && access !== 'write') throw new ConfluentError('READ_ONLY');
            if (isWrite && !isAuthorized(request.headers.authorization, password)) {
              throw new ConfluentError('UNAUTHORIZED');
            }
            const open = await schemas.open({ create: isWrite });
            if (open.state === 'off' || open.state === 'unreachable') {
              throw new ConfluentError('UNREACHABLE', open.error);
            }
            const body = (request.body ?? {}) as Record<string, unknown>;
            const said = await answer(open.registry, request.params as Given, body);
            return await reply.type(MEDIA_TYPE).send(JSON.stringify(said));
          },
        });
      }
    },
    { prefix: CONFLUENT_PATH },
  );
}

const ROUTES: Readonly<Record<string, Answer>> = {
  'GET /': async () => ({}),
  'GET /schemas/types': async () => ['JSON', 'PROTOBUF', 'AVRO'],
  'GET /schemas/ids/:id': async (registry, { id }) => {
    const { format, text, references } = await registry.schemaByNumber(
      wholeNumber(id, 'NO_SCHEMA'),
    );
    return schemaFields({ format, text, references });
  },
  'GET /subjects': async (registry) => {
    // A mode alone makes no subject.
    const records = await readRecords(registry, await registry.subjects());
    return records.filter(({ versions }) => versions.length > 0).map(({ subject }) => subject);
  },
  'GET /subjects/:subject/versions': async (registry, { subject }) =>
    (await subjectOf(registry, subject)).versions.map(({ version }) => version),
  'GET /subjects/:subject/versions/:version': versionOf,
  'GET /subjects/:subject/versions/:version/schema': async (registry, given) =>
    JSON.parse(((await versionOf(registry, given)) as { schema: string }).schema) as unknown,
  'POST /subjects/:subject': async (registry, { subject }, body) => {
    await subjectOf(registry, subject);
    const found = await registry.find(subject, draftOf(body));
    if (!found) throw new ConfluentError('NO_SCHEMA');
    return await versionOf(registry, { subject, version: String(found.version) });
  },
  'POST /subjects/:subject/versions': async (registry, { subject }, body) => ({
    id: (await registry.register(subject, draftOf(body))).number,
  }),
  'POST /compatibility/subjects/:subject/versions': async (registry, { subject }, body) =>
    verdict(await registry.check(subject, draftOf(body))),
  'POST /compatibility/subjects/:subject/versions/:version': async (registry, given, body) => {
    const { version } = await versionRecord(registry, given);
    return verdict(await registry.check(given.subject, draftOf(body), version));
  },
  'GET /config': async (registry) => ({ compatibilityLevel: await registry.compatibility() }),
  'PUT /config': async (registry, _given, body) => {
    const compatibility = modeOf(body);
    await registry.setCompatibility(compatibility);
    return { compatibility };
  },
  'GET /config/:subject': async (registry, { subject }) => {
    const own = await registry.subject(subject).catch(() => undefined);
    if (!own?.compatibility) throw new ConfluentError('NO_CONFIG', subject);
    return { compatibilityLevel: own.compatibility };
  },
  'PUT /config/:subject': async (registry, { subject }, body) => {
    const compatibility = modeOf(body);
    await registry.setCompatibility(compatibility, subject);
    return { compatibility };
  },
};

const WRITES = new Set(['POST /subjects/:subject/versions', 'PUT /config', 'PUT /config/:subject']);

const subjectOf = (registry: SchemaRegistry, subject: string) =>
  registry.subject(subject).catch(() => {
    throw new ConfluentError('NO_SUBJECT', subject);
  });

async function versionRecord(registry: SchemaRegistry, { subject, version }: Omit<Given, 'id'>) {
  const { versions } = await subjectOf(registry, subject);
  const isLatest = version === 'latest' || version === '-1';
  const number = isLatest ? versions.at(-1)?.version : wholeNumber(version, 'BAD_VERSION');
  const found = versions.find((one) => one.version === number);
  if (!found) throw new ConfluentError('NO_VERSION', version);
  return found;
}

async function versionOf(registry: SchemaRegistry, given: Omit<Given, 'id'>): Promise<object> {
  const { version, id, number } = await versionRecord(registry, given);
  const schema = await registry.schema(id);
  return { subject: given.subject, version, id: number, ...schemaFields(schema) };
}

function verdict({ isCompatible, problems }: Awaited<ReturnType<SchemaRegistry['check']>>): object {
  return {
    is_compatible: isCompatible,
    messages: problems.map(({ path, message, rule }) => `${path} ${message} (${rule})`.trim()),
  };
}

function modeOf({ compatibility }: Readonly<Record<string, unknown>>): CompatibilityMode {
  const mode = COMPATIBILITY_MODES.find((one) => one === String(compatibility).toUpperCase());
  if (!mode) throw new ConfluentError('BAD_MODE', String(compatibility));
  return mode;
}

function wholeNumber(text: string, otherwise: 'NO_SCHEMA' | 'BAD_VERSION'): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new ConfluentError(otherwise, text);
  return Number(text);
}
