import { z } from 'zod';

const MIB = 1024 * 1024;
const port = z.coerce.number().int().min(0).max(65535);

/**
 * Every setting and limit: default, unit, and why. Environment variables are `HOPLINE_` + the path in
 * upper snake case (`journal.segmentSpans` -> HOPLINE_JOURNAL_SEGMENT_SPANS). This is the only file that
 * reads the environment; docs/settings.md is generated from it.
 */
export const configSchema = z.object({
  dataDir: z.string().default('.hopline').describe('Journal and store live here.'),
  http: z
    .object({
      host: z
        .string()
        .default('127.0.0.1')
        .describe('UI and API. Loopback until you decide otherwise.'),
      port: port.default(7070).describe('UI and API.'),
      allowedHosts: z
        .array(z.string())
        .default([])
        .describe('Names a loopback server answers for besides localhost: of a proxy before it.'),
      maxLiveClients: z.coerce
        .number()
        .int()
        .positive()
        .default(100)
        .describe('Browsers with live updates at once.'),
    })
    .prefault({}),
  otlp: z
    .object({
      host: z.string().default('127.0.0.1').describe('OTLP doors.'),
      httpPort: port.default(4318).describe('OTLP/HTTP, the number every SDK defaults to.'),
      grpcPort: port.default(4317).describe('OTLP/gRPC, the number every SDK defaults to.'),
      maxRequestBytes: z.coerce
        .number()
        .int()
        .positive()
        .default(64 * MIB)
        .describe('Bytes of one request after decompression; OTLP 1.11 recommends 64 MiB.'),
      maxJsonBytes: z.coerce
        .number()
        .int()
        .positive()
        .default(8 * MIB)
        .describe('Bytes of one OTLP/JSON request: its parse tree is many times as large.'),
      maxInFlightBytes: z.coerce
        .number()
        .int()
        .positive()
        .default(256 * MIB)
        .describe('Bytes of requests being read at once; past it the answer is "retry later".'),
      maxFutureSeconds: z.coerce
        .number()
        .positive()
        .default(3600)
        .describe('Spans and logs further ahead of our clock than this are rejected.'),
    })
    .prefault({}),
  journal: z
    .object({
      segmentSpans: z.coerce
        .number()
        .int()
        .positive()
        .default(25_000)
        .describe(
          'A segment is sealed at this many items: the engine wants 20,000 or more a batch.',
        ),
      segmentBytes: z.coerce
        .number()
        .int()
        .positive()
        .default(32 * MIB)
        .describe('... or at this many bytes.'),
      segmentAgeMs: z.coerce
        .number()
        .int()
        .positive()
        .default(1000)
        .describe(
          '... or at this age (other signals than traces: at twice this age), once the one before is stored: a busy store gets larger ones.',
        ),
      maxBytes: z.coerce
        .number()
        .int()
        .positive()
        .default(2048 * MIB)
        .describe('Bytes on disk not yet in the store; past it the answer is "retry later".'),
      maxSetAside: z.coerce
        .number()
        .int()
        .positive()
        .default(1000)
        .describe(
          'Requests that the engine refused, kept beside the journal; the oldest go first.',
        ),
      drainTimeoutMs: z.coerce
        .number()
        .int()
        .nonnegative()
        .default(5_000)
        .describe(
          'At shutdown: wait this long for segments to reach the store; the rest waits on disk.',
        ),
      fsync: z
        .enum(['never', 'always'])
        .default('never')
        .describe(
          'never: survives kill -9. always: survives power loss too, each append waits for the disk.',
        ),
    })
    .prefault({}),
  store: z
    .object({
      maxMemoryBytes: z.coerce
        .number()
        .int()
        .positive()
        .default(1024 * MIB)
        .describe('Memory of the engine process as a whole.'),
      retentionDays: z.coerce
        .number()
        .int()
        .positive()
        .default(7)
        .describe('Older rows are dropped; older data is rejected at the door.'),
      queryTimeoutMs: z.coerce
        .number()
        .int()
        .positive()
        .default(10_000)
        .describe('Of one question.'),
      readers: z.coerce
        .number()
        .int()
        .positive()
        .default(3)
        .describe('Questions answered at once.'),
      writers: z.coerce.number().int().positive().default(2).describe('Segments inserted at once.'),
    })
    .prefault({}),
  rollups: z
    .object({
      fineDays: z.coerce
        .number()
        .int()
        .positive()
        .default(2)
        .describe('Days for which figures by steps of 10 s are kept.'),
      minuteDays: z.coerce.number().int().positive().default(14).describe('... by steps of 1 min.'),
      hourDays: z.coerce
        .number()
        .int()
        .positive()
        .default(180)
        .describe('... by steps of 1 h: how far back map and latency reach.'),
    })
    .prefault({}),
  insight: z
    .object({
      unconsumedAfterSeconds: z.coerce
        .number()
        .positive()
        .default(60)
        .describe('Age from which a message that no consumer took counts as lost.'),
      clockIntervalSeconds: z.coerce
        .number()
        .positive()
        .default(5)
        .describe('Between two looks at how far the clocks of processes are off.'),
      metricsSeconds: z.coerce
        .number()
        .nonnegative()
        .default(15)
        .describe('How often /metrics gets new figures of paths and fates; 0: never.'),
      metricsPaths: z.coerce
        .number()
        .int()
        .positive()
        .default(100)
        .describe('Paths on /metrics, about 25 series each; of more, the busiest.'),
    })
    .prefault({}),
  nats: z
    .object({
      servers: z.array(z.string()).default([]).describe('NATS URLs; empty: no NATS connection.'),
      creds: z.string().optional().describe('Path of a credentials file.'),
      nkeySeed: z.string().optional().describe('Path of an NKey seed file.'),
      user: z.string().optional().describe('User name.'),
      password: z.string().optional().describe('Password.'),
      token: z.string().optional().describe('Token.'),
      tlsCa: z.string().optional().describe('Path of a CA certificate.'),
      tlsCert: z.string().optional().describe('Path of a client certificate.'),
      tlsKey: z.string().optional().describe('Path of the key of the client certificate.'),
      system: z
        .object({
          creds: z
            .string()
            .optional()
            .describe('Path of a credentials file of the system account.'),
          nkeySeed: z.string().optional().describe('Path of an NKey seed file.'),
          user: z
            .string()
            .optional()
            .describe(
              'User of the system account: finds and asks all servers, hears of connections.',
            ),
          password: z.string().optional().describe('Password.'),
        })
        .prefault({}),
      traceSubject: z
        .string()
        .default('hopline.trace')
        .describe("Subject of the servers' trace events: `msg_trace.dest` of the account."),
      latencySubjects: z
        .array(z.string())
        .default([])
        .describe('Subjects on which exports of services publish their latency.'),
    })
    .prefault({}),
  monitor: z
    .object({
      urls: z.array(z.string()).default([]).describe('Monitoring endpoints, http://host:8222.'),
      intervalMs: z.coerce
        .number()
        .int()
        .positive()
        .default(10_000)
        .describe('Between two sweeps.'),
      timeoutMs: z.coerce.number().int().positive().default(5_000).describe('Of one request.'),
      maxSeries: z.coerce
        .number()
        .int()
        .positive()
        .default(200_000)
        .describe('Series of streams and consumers on /metrics; of more, those that suffer most.'),
    })
    .prefault({}),
  export: z
    .object({
      otlpEndpoint: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe("OTLP/HTTP receiver that the servers' spans are handed on to: http://host:4318."),
      otlpHeaders: z
        .array(z.string().regex(/^[^=]+=./, 'must be name=value'))
        .default([])
        .describe('Headers for it, `name=value`.'),
      maxQueued: z.coerce
        .number()
        .int()
        .positive()
        .default(50_000)
        .describe('Events and spans that wait for it; past it new ones are dropped and counted.'),
    })
    .prefault({}),
  schemas: z
    .object({
      bucket: z
        .string()
        .regex(/^[A-Za-z0-9_-]+$/)
        .default('schemas')
        .describe('Key-value bucket of the schema registry, read over `nats.servers`.'),
      confluentApi: z
        .enum(['off', 'read', 'write'])
        .default('read')
        .describe(
          "Confluent's REST API under /confluent. read: no more than the Schemas page shows; write: who has the password registers.",
        ),
      confluentPassword: z
        .string()
        .min(16)
        .optional()
        .describe('What who registers sends, as Bearer token or as Basic password of any user.'),
    })
    .refine(
      ({ confluentApi, confluentPassword }) =>
        confluentApi !== 'write' || confluentPassword !== undefined,
      {
        path: ['confluentPassword'],
        message: 'schemas.confluentApi=write needs one of at least 16 characters',
      },
    )
    .prefault({}),
  logLevel: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Own log.'),
});

export type Config = z.infer<typeof configSchema>;
/** What a caller may give: everything optional. */
export type ConfigInput = z.input<typeof configSchema>;

/** A setting has a value that cannot be used. The message names the setting and the value. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';
  readonly code = 'config_invalid';
}

export interface Setting {
  /** `otlp.httpPort`. */
  path: string;
  /** `HOPLINE_OTLP_HTTP_PORT`. */
  env: string;
  /** One line of why. */
  description: string;
  /** Undefined: not set unless given. */
  defaultValue: unknown;
  /** Comma-separated in the environment. */
  isList: boolean;
}

/** Every setting, in the schema's order. */
export function settings(): Setting[] {
  return leaves(configSchema, []);
}

/**
 * The configuration: `input` (flags) over `env` (HOPLINE_*) over the defaults.
 * Throws ConfigInvalid with one line for each bad value.
 */
export function loadConfig(
  input: ConfigInput = {},
  env: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const known = settings();
  const given: Tree = structuredClone(input) as Tree;
  for (const setting of known) {
    const text = env[setting.env];
    if (text === undefined || text === '') continue;
    setDefault(given, setting.path.split('.'), setting.isList ? splitList(text) : text);
  }
  const parsed = configSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const path = issue.path.filter((part) => typeof part === 'string').join('.');
    const setting = known.find((one) => one.path === path);
    const name = setting ? `${path} (${setting.env})` : path;
    return `cannot use setting ${name}: ${issue.message}, received ${shown(given, issue.path)}`;
  });
  throw new ConfigInvalid(lines.join('\n'), { cause: parsed.error });
}

type Tree = { [key: string]: unknown };

function leaves(schema: z.ZodType, path: string[]): Setting[] {
  let inner = schema;
  let defaultValue: unknown;
  while (
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodPrefault ||
    inner instanceof z.ZodOptional
  ) {
    if (inner instanceof z.ZodDefault) defaultValue = inner.def.defaultValue;
    inner = inner.unwrap() as z.ZodType;
  }
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape).flatMap(([key, member]) =>
      leaves(member as z.ZodType, [...path, key]),
    );
  }
  const words = path.map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter}`));
  return [
    {
      path: path.join('.'),
      env: `HOPLINE_${words.join('_').toUpperCase()}`,
      description: schema.description ?? '',
      defaultValue,
      isList: inner instanceof z.ZodArray,
    },
  ];
}

const splitList = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Sets the value at `path` unless there is one. */
function setDefault(tree: Tree, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) tree[key] ??= value;
  else {
    tree[key] ??= {};
    setDefault(tree[key] as Tree, rest, value);
  }
}

function shown(tree: unknown, path: readonly PropertyKey[]): string {
  let value = tree;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  const secret = path.some((key) => /password|token|headers/i.test(String(key)));
  return secret ? '(not shown)' : (JSON.stringify(value) ?? 'nothing').slice(0, 200);
}
