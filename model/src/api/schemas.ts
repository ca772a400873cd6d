import { z } from 'zod';
import { timeRangeQuery, unixNsString } from './scalars.ts';

/**
 * - `ready`        what is shown is the registry of this moment
 * - `absent`       NATS answers, and has no such bucket: nobody registered a schema yet
 * - `unreachable`  NATS does not answer: what was read before is shown
 * - `off`          no NATS server is set
 */
export const REGISTRY_STATES = ['ready', 'absent', 'unreachable', 'off'] as const;

const registryState = z.object({
  state: z.enum(REGISTRY_STATES),
  /** Key-value bucket of the registry. */
  bucket: z.string(),
  /** What went wrong, in words; '' when all is well. */
  error: z.string(),
});

const compatibilityMode = z.enum([
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
  'NONE',
]);
const format = z.enum(['avro', 'json', 'protobuf']);

const schemaVersion = z.object({
  version: z.number().int(),
  semver: z.string(),
  /** Content hash. */
  id: z.string(),
  /** The id that Confluent's wire format has. */
  number: z.number().int(),
  format,
  /** UTC, ISO 8601. */
  createdAt: z.string(),
});
export type SchemaVersion = z.infer<typeof schemaVersion>;

export const schemasQuery = timeRangeQuery.extend({
  /** Part of the subject's name, any letter case. */
  find: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
});

const schemaSubject = z.object({
  subject: z.string(),
  /** Of the subject itself; null: the registry's. */
  compatibility: compatibilityMode.nullable(),
  versions: z.number().int(),
  /** Null: messages name this subject, the registry does not know it. */
  latest: schemaVersion.nullable(),
  producers: z.array(z.string()),
  consumers: z.array(z.string()),
  /** Written in the range. */
  written: z.number().int(),
  /** Read in the range, those that could not be decoded too. */
  read: z.number().int(),
  decodeFailures: z.number().int(),
});
export type SchemaSubject = z.infer<typeof schemaSubject>;

const schemaUse = z.object({
  service: z.string(),
  role: z.enum(['producer', 'consumer']),
  /** Null: the messages name no version that the registry knows. */
  version: z.number().int().nullable(),
  messages: z.number().int(),
  decodeFailures: z.number().int(),
  /** `decode_failed`, `framing`, `schema_unknown`. */
  errors: z.array(z.string()),
  /** Patterns of the messages' subjects. */
  subjects: z.array(z.string()),
  lastSeen: unixNsString,
});
export type SchemaUse = z.infer<typeof schemaUse>;

export const schemasResponse = z.object({
  from: unixNsString,
  to: unixNsString,
  registry: registryState,
  /** Of subjects that say nothing. */
  compatibility: compatibilityMode,
  /** Subjects that `find` leaves, however many are in the list. */
  total: z.number().int(),
  /** By name. */
  subjects: z.array(schemaSubject),
  /** Of messages that name no subject, nor a schema that belongs to a listed one. */
  unattributed: z.array(schemaUse),
});

export const schemaResponse = z.object({
  from: unixNsString,
  to: unixNsString,
  registry: registryState,
  subject: z.string(),
  compatibility: compatibilityMode,
  /** False: it is the registry's. */
  isOwnCompatibility: z.boolean(),
  /** Oldest first; none: messages name this subject, the registry does not know it. */
  versions: z.array(schemaVersion),
  /** Producers first, most messages first. */
  uses: z.array(schemaUse),
});

export const schemaVersionResponse = schemaVersion.extend({
  subject: z.string(),
  /** As it was registered. */
  text: z.string(),
  references: z.array(
    z.object({ name: z.string(), subject: z.string(), version: z.number().int() }),
  ),
});

const versionNumber = z.coerce.number().int().min(1);
export const schemaDiffQuery = z.object({
  /** Default: the one before `to`. */
  from: versionNumber.optional(),
  /** Default: the latest. */
  to: versionNumber.optional(),
});

const diffLine = z.object({ kind: z.enum(['same', 'removed', 'added']), text: z.string() });
export type DiffLine = z.infer<typeof diffLine>;

const schemaProblem = z.object({
  /** Stable word, see docs/schema-changes.md. */
  rule: z.string(),
  /** `Order.lines[].price`. */
  path: z.string(),
  message: z.string(),
  /** backward: `to` cannot read what `from` wrote; forward: the other way. */
  direction: z.enum(['backward', 'forward']),
});
export type SchemaProblem = z.infer<typeof schemaProblem>;

export const schemaDiffResponse = z.object({
  subject: z.string(),
  from: z.number().int(),
  to: z.number().int(),
  /** Compatibility of the subject. */
  mode: compatibilityMode,
  /** Whether `to` may follow `from` under `mode`. */
  isAllowed: z.boolean(),
  /** All there are, whatever the mode asks for. */
  problems: z.array(schemaProblem),
  lines: z.array(diffLine),
});
