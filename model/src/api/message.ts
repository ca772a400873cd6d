import { z } from 'zod';
import {
  durationNsString,
  evidence,
  fate,
  messageIdString,
  provenance,
  spanIdString,
  stageName,
  stageOrTotal,
  timeRangeQuery,
  traceIdString,
  unixNsString,
} from './scalars.ts';
import { advisory, hop, logRecord, spanStatus } from './trace.ts';

export const consumerSummary = z.object({
  /** Service that handled it; the connection's name when it is not instrumented; '' when unknown. */
  service: z.string(),
  /** JetStream consumer; '' for core NATS. */
  consumer: z.string(),
  queueGroup: z.string(),
  attempts: z.number().int(),
  fate,
});

export const messageSummary = z.object({
  id: messageIdString,
  traceId: traceIdString,
  time: unixNsString,
  subject: z.string(),
  subjectPattern: z.string(),
  producer: z.string(),
  consumers: z.array(consumerSummary),
  /** From publish to the end of the last handler; null while unknown. */
  total: durationNsString.nullable(),
  /** The worst fate among the consumers. */
  outcome: fate,
  stream: z.string(),
  /** '' for core NATS or when the PubAck was not seen. */
  streamSequence: z.string(),
  /** `Nats-Msg-Id`; '' for none. */
  messageKey: z.string(),
  sizeBytes: z.number().int().nullable(),
  /** True for a request that waits for a reply. */
  isRequest: z.boolean(),
});

export const messagesQuery = timeRangeQuery.extend({
  /** Producer or consumer service, exact. */
  service: z.string().optional(),
  /** Exact subject, or a pattern with `*` and `>`; several are separated by spaces. */
  subject: z.string().optional(),
  outcome: fate.optional(),
  /** Found in the subject, message key, trace id, or a log line or attribute of its trace. */
  text: z.string().max(200).optional(),
  /** `Nats-Msg-Id` or the id of the envelope, exact. A search by it, by a sequence or by an attribute knows no range unless one is given. */
  key: z.string().min(1).max(1000).optional(),
  /** The stream that stored it. */
  stream: z.string().min(1).max(255).optional(),
  /** A consumer of that stream, which must be given: who has it; `outcome` is then that of this delivery. */
  consumer: z.string().min(1).max(255).optional(),
  /** Its sequence in the stream. */
  sequence: z
    .string()
    .regex(/^\d{1,19}$/)
    .optional(),
  /** `name=value`, exact: an attribute of its publish span or of a handler's. */
  attribute: z
    .string()
    .max(1000)
    .regex(/^[^=]+=./)
    .optional(),
  /**
   * This stage of some attempt of some delivery took from `min` to below `max`; `total` is the message's.
   * Without bounds: the stage is known. Bounds without a stage are of `total`.
   */
  stage: stageOrTotal.optional(),
  /** The stage took at least this long, ns. */
  min: durationNsString.optional(),
  /** The stage took less than this, ns. */
  max: durationNsString.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  /** `next` of the page before. */
  cursor: z.string().max(200).optional(),
});

export const messagesResponse = z.object({
  messages: z.array(messageSummary),
  /** Null on the last page. */
  next: z.string().nullable(),
});

export const stage = z.object({
  name: stageName,
  merged: z.array(stageName).optional(),
  /** Null when unknown. */
  duration: durationNsString.nullable(),
  provenance,
  raw: durationNsString.optional(),
});

export const attempt = z.object({
  /** 1 for the first delivery. */
  number: z.number().int(),
  traceId: traceIdString,
  spanId: spanIdString,
  start: unixNsString,
  duration: durationNsString,
  status: spanStatus,
  error: z.string(),
  /** ack | nak | term | in_progress | ack_confirmed; '' when none was seen. */
  disposition: z.string(),
  stages: z.array(stage),
});

export const delivery = consumerSummary.extend({
  attemptList: z.array(attempt),
  /** Why the fate is what it is, in words: "MAX_DELIVERIES advisory at ...". */
  fateEvidence: z.string(),
  evidence: z.array(evidence),
});

export const messageResponse = messageSummary.extend({
  publishSpanId: spanIdString,
  publishDuration: durationNsString,
  publishStatus: spanStatus,
  /** Server hops of this message in order of hop id. */
  hops: z.array(hop),
  /** Hop ids that a server announced and that never reported. */
  missingHops: z.array(z.string()),
  storeTime: unixNsString.nullable(),
  deliveries: z.array(delivery),
  advisories: z.array(advisory),
  logs: z.array(logRecord),
  /** The message whose handling published this one; null for the first. */
  causedBy: messageIdString.nullable(),
  /** Messages published while this one was handled. */
  causes: z.array(messageSummary),
});

export type ConsumerSummary = z.infer<typeof consumerSummary>;
export type MessageSummary = z.infer<typeof messageSummary>;
export type MessagesQuery = z.infer<typeof messagesQuery>;
export type MessagesResponse = z.infer<typeof messagesResponse>;
export type StageView = z.infer<typeof stage>;
export type Attempt = z.infer<typeof attempt>;
export type Delivery = z.infer<typeof delivery>;
export type MessageResponse = z.infer<typeof messageResponse>;
