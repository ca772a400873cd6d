import { z } from 'zod';
import { breach } from './breach.ts';
import { durationNsString, timeRangeQuery, unixNsString } from './scalars.ts';
import { unknownPart } from './unknown-part.ts';

export const replica = z.object({
  /** Server name. */
  name: z.string(),
  isCurrent: z.boolean(),
  isOffline: z.boolean(),
  /** Raft entries it is behind. */
  lag: z.number(),
  /** Since the leader last heard of it. */
  silentSeconds: z.number(),
});

export const origin = z.object({
  name: z.string(),
  kind: z.enum(['source', 'mirror']),
  /** Messages it is behind its origin. */
  lag: z.number(),
  /** Since it last heard of its origin; null when never. */
  silentSeconds: z.number().nullable(),
  error: z.string(),
});

/** A stream as its leader reports it. */
export const stream = z.object({
  /** Of the report, server's clock. */
  time: unixNsString,
  account: z.string(),
  domain: z.string(),
  cluster: z.string(),
  stream: z.string(),
  /** Server name. */
  leader: z.string(),
  /** Name of its RAFT group: the servers' logs speak of it by that. '' for a single replica. */
  raftGroup: z.string(),
  replicas: z.array(replica),
  subjects: z.array(z.string()),
  retention: z.string(),
  storage: z.string(),
  messages: z.number(),
  bytes: z.number(),
  firstSeq: z.number(),
  lastSeq: z.number(),
  /** Store time of the oldest and newest message; null when it never held one. */
  firstTime: unixNsString.nullable(),
  lastTime: unixNsString.nullable(),
  /** Subjects with messages. */
  subjectCount: z.number(),
  deleted: z.number(),
  consumerCount: z.number(),
  /** -1 for no limit. */
  maxBytes: z.number(),
  maxMessages: z.number(),
  /** 0 for no limit. */
  maxAgeSeconds: z.number(),
  /** Messages stored per second over the window; null until there are two reports. */
  ingestPerSecond: z.number().nullable(),
  origins: z.array(origin),
  breaches: z.array(breach),
});

export const streamsQuery = z.object({
  account: z.string().optional(),
  stream: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
});

export const streamsResponse = z.object({
  time: unixNsString.nullable(),
  streams: z.array(stream),
  unknown: z.array(unknownPart),
  /** All that match, also those past the limit. */
  total: z.number().int(),
});

export const streamQuery = timeRangeQuery.extend({
  /** Needed where two accounts have a stream of one name. */
  account: z.string().optional(),
  /** Of each history that is read from the servers' reports. */
  points: z.coerce.number().int().min(2).max(1000).default(150),
});

/** One step of a stream's history. */
export const streamPoint = z.object({
  time: unixNsString,
  messages: z.number(),
  bytes: z.number(),
  /** Messages stored per second since the point before; null for the first, and where sequences went back. */
  ingestPerSecond: z.number().nullable(),
});

/** What was published of one subject pattern, by the producers' spans or the servers' events. */
export const streamSubject = z.object({
  subject: z.string(),
  count: z.number(),
  /** Whole steps of `step`, each with its begin, the empty ones too. */
  points: z.array(z.object({ time: unixNsString, perSecond: z.number() })),
});

/** Lag of one consumer over time: what was worst within a step; null where unknown. */
export const consumerLagHistory = z.object({
  consumer: z.string(),
  points: z.array(
    z.object({
      time: unixNsString,
      backlog: z.number(),
      deliveryLagSeconds: z.number().nullable(),
      completionLagSeconds: z.number().nullable(),
    }),
  ),
});

/** From publish to the end of the handler, first attempts, by the time at which messages were published. */
export const handlerLatency = z.object({
  /** That handles messages of the stream's subjects. */
  service: z.string(),
  count: z.number(),
  p50: durationNsString,
  p99: durationNsString,
  points: z.array(
    z.object({
      time: unixNsString,
      count: z.number(),
      p50: durationNsString,
      p99: durationNsString,
    }),
  ),
});

export const streamResponse = z.object({
  from: unixNsString,
  to: unixNsString,
  /** Null when no leader reports it now; the history may still be there. */
  stream: stream.nullable(),
  points: z.array(streamPoint),
  /** Length of the steps of `subjects` and `latency`. */
  step: durationNsString,
  /** The busiest first, at most 8. */
  subjects: z.array(streamSubject),
  /** Those with the greatest lag, at most 8. */
  consumers: z.array(consumerLagHistory),
  /** The busiest first, at most 8. */
  latency: z.array(handlerLatency),
});

export type Replica = z.infer<typeof replica>;
export type Origin = z.infer<typeof origin>;
export type StreamView = z.infer<typeof stream>;
