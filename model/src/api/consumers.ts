import { z } from 'zod';
import { breach } from './breach.ts';
import { durationNsString, timeRangeQuery, unixNsString } from './scalars.ts';
import { unknownPart } from './unknown-part.ts';

/**
 * How a lag in seconds was got:
 * - `exact`         store time of the very message, read from the stream; or 0 because nothing waits
 * - `interpolated`  our own sampled curve of the stream's sequence over time
 * - `observed`      spans of its deliveries: the store time of the first that is not acked; for what was
 *                   not delivered, of the last before it or when nothing waited: it is at most this old
 * - `unknown`       no way led to it; the seconds are null
 */
export const LAG_METHODS = ['exact', 'interpolated', 'observed', 'unknown'] as const;
export const lagMethod = z.enum(LAG_METHODS);

export const lag = z.object({
  /** Null when unknown; never 0 for unknown. */
  seconds: z.number().nullable(),
  method: lagMethod,
});

/** docs/message-model.md says what each means. */
export const VERDICTS = [
  'ok',
  'lagging',
  'stalled',
  'stopped',
  'saturated',
  'starved',
  'redelivery loop',
  'rewound',
  'expired data',
  'warming up',
] as const;
export const verdict = z.enum(VERDICTS);

/** A consumer as its leader reports it, and what follows from that. */
export const consumer = z.object({
  /** Of the report, server's clock. */
  time: unixNsString,
  account: z.string(),
  domain: z.string(),
  cluster: z.string(),
  stream: z.string(),
  consumer: z.string(),
  /** Server name. */
  leader: z.string(),
  /** Name of its RAFT group; '' for a single replica. */
  raftGroup: z.string(),
  mode: z.enum(['pull', 'push']),
  description: z.string(),
  isDurable: z.boolean(),
  isPaused: z.boolean(),
  /** Empty: all subjects of the stream. */
  filterSubjects: z.array(z.string()),
  queueGroup: z.string(),
  /** Messages not delivered yet. */
  backlog: z.number(),
  /** Delivered and not acked. */
  inFlight: z.number(),
  /** In flight and delivered more than once: at most. */
  redelivered: z.number(),
  /** Out of attempts, and still in the server's own count of redelivered ones: at least. */
  givenUp: z.number(),
  /** Pull requests that wait; 0 for push. */
  waiting: z.number(),
  /** -1 for no limit. */
  maxAckPending: z.number(),
  maxDeliver: z.number(),
  deliveredStreamSeq: z.number(),
  deliveredConsumerSeq: z.number(),
  ackFloorStreamSeq: z.number(),
  ackFloorConsumerSeq: z.number(),
  /** Null before the first. */
  lastDelivery: unixNsString.nullable(),
  lastAck: unixNsString.nullable(),
  /** Messages per second over the window; null until it holds two reports, or not to be told. */
  arrivalPerSecond: z.number().nullable(),
  deliveryPerSecond: z.number().nullable(),
  ackPerSecond: z.number().nullable(),
  /** Age of the first matching message after the last delivered one. */
  deliveryLag: lag,
  /** Age of the first matching message after the ack floor. */
  completionLag: lag,
  /** Until the backlog is gone at the present pace; null when it is not shrinking. */
  drainSeconds: z.number().nullable(),
  verdict,
  /** What the verdict follows from, in words with figures. */
  verdictReason: z.string(),
  breaches: z.array(breach),
});

export const consumersQuery = z.object({
  account: z.string().optional(),
  stream: z.string().optional(),
  consumer: z.string().optional(),
  verdict: verdict.optional(),
  sort: z.enum(['lag', 'backlog', 'inFlight', 'name']).default('lag'),
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
});

export const consumersResponse = z.object({
  time: unixNsString.nullable(),
  consumers: z.array(consumer),
  unknown: z.array(unknownPart),
  /** All that match, also those past the limit. */
  total: z.number().int(),
});

/** One step of a consumer's history: what was worst within the step. */
export const consumerPoint = z.object({
  time: unixNsString,
  backlog: z.number(),
  inFlight: z.number(),
  redelivered: z.number(),
  waiting: z.number(),
  deliveredStreamSeq: z.number(),
  ackFloorStreamSeq: z.number(),
  /** Null where unknown. */
  deliveryLagSeconds: z.number().nullable(),
  completionLagSeconds: z.number().nullable(),
  verdict: z.string(),
});

export const consumerQuery = timeRangeQuery.extend({
  /** Needed where two accounts have a stream of one name. */
  account: z.string().optional(),
  points: z.coerce.number().int().min(1).max(2000).default(300),
});

/** A process that handles the consumer's messages, as its spans tell. */
export const consumerInstance = z.object({
  service: z.string(),
  /** `service.instance.id`; '' when it gives none. */
  instance: z.string(),
  /** Handlers that ended; a delivery that is told twice counts once. */
  handled: z.number().int(),
  failed: z.number().int(),
  /** Unix ns: end of the last handler. */
  last: unixNsString,
  /** Of the handlers. */
  durationP50: durationNsString,
  durationP99: durationNsString,
});

export const consumerResponse = z.object({
  /** Null when no leader reports it now; the history may still be there. */
  consumer: consumer.nullable(),
  points: z.array(consumerPoint),
  /** Of the last hour of the range, the busiest first, at most 100. */
  instances: z.array(consumerInstance),
});

export type Lag = z.infer<typeof lag>;
export type LagMethod = z.infer<typeof lagMethod>;
export type Verdict = z.infer<typeof verdict>;
export type ConsumerView = z.infer<typeof consumer>;
export type ConsumerInstance = z.infer<typeof consumerInstance>;
export type ConsumerPoint = z.infer<typeof consumerPoint>;
