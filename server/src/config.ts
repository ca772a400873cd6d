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
        .describe('... or at this age: the longest wait before data can be read.'),
      maxBytes: z.coerce
        .number()
        .int()
        .positive()
        .default(2048 * MIB)
        .describe('Bytes on disk not yet in the store; past it the answer is "retry later".'),
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
      traceSubject: z
        .string()
        .default('hopline.trace')
        .describe("Subject of the servers' trace events: `msg_trace.dest` of the account."),
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
    })
    .prefault({}),
  logLevel: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Own log.'),
});

export type Config = z.infer<typeof configSchema>;
/** What a caller may give: everything optional. */
export type ConfigInput = z.input<typeof configSchema>;
