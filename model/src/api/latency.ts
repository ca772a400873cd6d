import { z } from 'zod';
import {
  durationNsString,
  messageIdString,
  provenance,
  spanIdString,
  stageOrTotal,
  timeRangeQuery,
  traceIdString,
  unixNsString,
} from './scalars.ts';

/** A path: the service that published, the pattern of the subject, the service that handled it. */
const pathKey = z.object({
  producer: z.string(),
  subject: z.string(),
  consumer: z.string(),
});

/** Narrows to one path, or to all with the same producer, subject pattern or consumer. */
const pathFilter = timeRangeQuery.extend({
  producer: z.string().max(500).optional(),
  subject: z.string().max(500).optional(),
  consumer: z.string().max(500).optional(),
});

export const pathSummary = pathKey.extend({
  /** First attempts; a message counts once for each consumer. */
  deliveries: z.number().int(),
  /** Attempts after the first. */
  redeliveries: z.number().int(),
  /** Attempts whose handler ended in an error. */
  errors: z.number().int(),
  ratePerSecond: z.number(),
  /** From publish to the end of the first attempt; null when the path had redeliveries only. */
  total: z
    .object({
      average: durationNsString,
      p50: durationNsString,
      p99: durationNsString,
      max: durationNsString,
    })
    .nullable(),
  /** The stage that takes most of the time, and its share of the sum of all stages. */
  slowest: z.object({ stage: stageOrTotal, share: z.number().min(0).max(1) }).nullable(),
});

/** Messages of one flow that neither a handler nor a server's hand-over to a client was seen of. */
export const unhandledSummary = z.object({
  producer: z.string(),
  subject: z.string(),
  /** Where they are stored; '' for core NATS. */
  stream: z.string(),
  messages: z.number().int(),
  /** Of these, the publishes that failed. */
  refused: z.number().int(),
  /** Of these, what has left its stream while every ack floor stood before it; what cannot be told is not counted. */
  expired: z.number().int(),
  /** Of these, what the ack floor of a consumer that sends no spans passed while it was stored: not lost. */
  acked: z.number().int(),
});

export const pathsQuery = pathFilter.extend({
  /** Counts also what nobody was seen to take: `unhandled` of the answer. */
  unhandled: z.literal('true').optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

export const pathsResponse = z.object({
  from: unixNsString,
  to: unixNsString,
  /** Busiest first. */
  paths: z.array(pathSummary),
  /**
   * What was published and nobody was seen to take, most first; without what is too young to tell. From
   * rollups: also of times whose messages are no longer kept. Empty unless asked for.
   */
  unhandled: z.array(unhandledSummary),
});

export const stageFigures = z.object({
  stage: stageOrTotal,
  count: z.number().int(),
  average: durationNsString,
  p50: durationNsString,
  p90: durationNsString,
  p99: durationNsString,
  max: durationNsString,
  /** Share of the sum of all stages; null for `total`. */
  share: z.number().min(0).max(1).nullable(),
  /** How many values were got which way. */
  provenance: z.object({
    measured: z.number().int(),
    derived: z.number().int(),
    adjusted: z.number().int(),
  }),
});

export const latencyQuery = pathFilter.extend({
  /** Stage of the heat map. */
  stage: stageOrTotal.default('total'),
});

export const latencyResponse = z.object({
  from: unixNsString,
  to: unixNsString,
  /** In the order of the journey, `total` last. */
  stages: z.array(stageFigures),
  /** The same of attempts after the first: never mixed with those above. */
  redeliveries: z.array(stageFigures),
  /** Width of a step of time in the series and the heat map, ns. */
  step: durationNsString,
  /** First attempts by the step in which their message was published; steps without any are left out. */
  series: z.array(
    z.object({
      time: unixNsString,
      count: z.number().int(),
      /** Average of each stage over all attempts of the step, so that the stages stack; `total` too. */
      averages: z.partialRecord(stageOrTotal, durationNsString),
      /** P99 of `total`. */
      p99: durationNsString,
    }),
  ),
  heat: z.object({
    stage: stageOrTotal,
    /** Bin b holds durations from 10^(b / binsPerDecade) ns to below the next bin. */
    binsPerDecade: z.number().int(),
    cells: z.array(
      z.object({ time: unixNsString, bin: z.number().int(), count: z.number().int() }),
    ),
  }),
});

export const slowestQuery = pathFilter.extend({
  stage: stageOrTotal.default('total'),
  /** The stage took at least this long, ns. */
  min: durationNsString.optional(),
  /** The stage took less than this, ns. */
  max: durationNsString.optional(),
  /** `first`: no redeliveries. */
  attempts: z.enum(['first', 'all']).default('first'),
  limit: z.coerce.number().int().min(1).max(500).default(20),
});

export const slowestResponse = z.object({
  stage: stageOrTotal,
  /** Slowest first. */
  deliveries: z.array(
    pathKey.extend({
      messageId: messageIdString,
      traceId: traceIdString,
      /** Span of the handler, in `handlerTraceId`. */
      handlerSpanId: spanIdString,
      handlerTraceId: traceIdString,
      published: unixNsString,
      attempt: z.number().int(),
      failed: z.boolean(),
      duration: durationNsString,
      provenance,
    }),
  ),
});

export type StageOrTotal = z.infer<typeof stageOrTotal>;
export type UnhandledSummary = z.infer<typeof unhandledSummary>;
export type PathSummary = z.infer<typeof pathSummary>;
export type PathsResponse = z.infer<typeof pathsResponse>;
export type StageFigures = z.infer<typeof stageFigures>;
export type LatencyResponse = z.infer<typeof latencyResponse>;
export type SlowestResponse = z.infer<typeof slowestResponse>;
