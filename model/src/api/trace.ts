import { z } from 'zod';
import {
  attributes,
  durationNsString,
  messageIdString,
  spanIdString,
  traceIdString,
  unixNsString,
} from './scalars.ts';

export const spanKind = z.enum([
  'UNSPECIFIED',
  'INTERNAL',
  'SERVER',
  'CLIENT',
  'PRODUCER',
  'CONSUMER',
]);
export const spanStatus = z.enum(['UNSET', 'OK', 'ERROR']);

export const spanLink = z.object({
  traceId: traceIdString,
  spanId: spanIdString,
  attributes,
});

export const spanEvent = z.object({ time: unixNsString, name: z.string(), attributes });

export const span = z.object({
  traceId: traceIdString,
  spanId: spanIdString,
  /** Null for a root. */
  parentSpanId: spanIdString.nullable(),
  name: z.string(),
  kind: spanKind,
  service: z.string(),
  /** `service.instance.id`, '' when not told. */
  instance: z.string(),
  start: unixNsString,
  duration: durationNsString,
  status: spanStatus,
  statusMessage: z.string(),
  scope: z.string(),
  attributes,
  resource: attributes,
  events: z.array(spanEvent),
  links: z.array(spanLink),
});

export const logRecord = z.object({
  time: unixNsString,
  service: z.string(),
  severity: z.string(),
  severityNumber: z.number().int(),
  body: z.string(),
  /** Null when the record was written outside a span. */
  traceId: traceIdString.nullable(),
  spanId: spanIdString.nullable(),
  attributes,
});

export const egress = z.object({
  kind: z.string(),
  time: unixNsString,
  connectionId: z.string(),
  /** Client or server name; '' when it has none. */
  name: z.string(),
  /** Hop id of the next server; '' for a client. */
  hop: z.string(),
  account: z.string(),
  subscription: z.string(),
  queue: z.string(),
  error: z.string(),
});

/** How a server changed subject or account of the message. */
export const hopChange = z.object({
  /** mapping | stream-export | service-import */
  kind: z.string(),
  time: unixNsString,
  /** Account that the message is in from here on; '' for a mapping. */
  account: z.string(),
  /** '' where the server does not say. */
  from: z.string(),
  to: z.string(),
});

/** One server that the message passed, from that server's trace event. */
export const hop = z.object({
  traceId: traceIdString,
  /** The publish span whose context travelled in the message. */
  spanId: spanIdString,
  server: z.string(),
  serverId: z.string(),
  cluster: z.string(),
  domain: z.string(),
  version: z.string(),
  /** '' for the server that took the message from its publisher, then `1`, `1.2`, ... */
  hop: z.string(),
  /** Hop ids that this server announced and that must report too. */
  expects: z.array(z.string()),
  /** client | router | gateway | leaf | system | jetstream | account */
  ingressKind: z.string(),
  ingressName: z.string(),
  account: z.string(),
  subject: z.string(),
  sizeBytes: z.number().int(),
  time: unixNsString,
  /** '' unless the server refused the message. */
  error: z.string(),
  /** The stream that stored it; '' for none. */
  stream: z.string(),
  /** When the stream's leader had stored it. */
  storeTime: unixNsString.nullable(),
  storeError: z.string(),
  /** In order of time. */
  changes: z.array(hopChange),
  egresses: z.array(egress),
});

export const advisory = z.object({
  time: unixNsString,
  /** Last tokens of the advisory's type: max_deliver, nak, terminated, ... */
  kind: z.string(),
  stream: z.string(),
  consumer: z.string(),
  streamSequence: z.string(),
  deliveries: z.number().int(),
  reason: z.string(),
});

export const traceResponse = z.object({
  traceId: traceIdString,
  start: unixNsString,
  duration: durationNsString,
  spans: z.array(span),
  logs: z.array(logRecord),
  hops: z.array(hop),
  /**
   * The same hops as spans of the service `nats-server`, children of the publish span: one of each
   * server, of its store, of each hand-over to a client, and of each server that did not report.
   */
  serverSpans: z.array(span),
  /** Hop ids that a server announced and that never reported: the message's tree is incomplete. */
  missingHops: z.array(z.object({ messageId: messageIdString, hop: z.string() })),
  advisories: z.array(advisory),
  /** The messages published in this trace, in order of time. */
  messageIds: z.array(messageIdString),
  /** True when the trace has more spans than the answer holds. */
  truncated: z.boolean(),
});

export type Span = z.infer<typeof span>;
export type SpanKind = z.infer<typeof spanKind>;
export type LogRecord = z.infer<typeof logRecord>;
export type Hop = z.infer<typeof hop>;
export type HopChange = z.infer<typeof hopChange>;
export type Egress = z.infer<typeof egress>;
export type Advisory = z.infer<typeof advisory>;
export type TraceResponse = z.infer<typeof traceResponse>;
