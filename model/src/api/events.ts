import { z } from 'zod';
import { timeRangeQuery, unixNsString } from './scalars.ts';

export const clusterEvent = z.object({
  time: unixNsString,
  /**
   * `connect`, `disconnect`, `auth error`, `shutdown`, `lame duck`; an advisory's kind: `max_deliver`; errors of
   * services, those of one second and one message told as one: `handler_failed`, `publish_failed`, `request_failed`.
   */
  kind: z.string(),
  source: z.enum(['server', 'advisory', 'monitor', 'service']),
  /** Server name; '' where the event does not say. */
  server: z.string(),
  account: z.string(),
  /** Name of the connection, else its address. */
  connection: z.string(),
  cid: z.number().nullable(),
  /** Whose error it is; '' for what servers tell. */
  service: z.string(),
  /** Trace of one of the errors; '' for what servers tell. */
  traceId: z.string(),
  stream: z.string(),
  consumer: z.string(),
  /** Sequence in `stream` of the message that it is about; null where it is about none. */
  streamSequence: z.string().nullable(),
  /** How often that message was delivered until then. */
  deliveries: z.number().nullable(),
  reason: z.string(),
});

export const eventsQuery = timeRangeQuery.extend({
  /** One or several kinds, a comma between them. `timeline` counts the others too. */
  kind: z.string().max(500).optional(),
  server: z.string().max(200).optional(),
  stream: z.string().max(300).optional(),
  /** Of this consumer, and events that are of none: a new leader of its stream. */
  consumer: z.string().max(300).optional(),
  /** Into how many equal parts the range is cut for `timeline`; 0 for none. */
  steps: z.coerce.number().int().min(0).max(500).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

export const eventsResponse = z.object({
  /** Newest first. */
  events: z.array(clusterEvent),
  /**
   * How many of each kind in every part of the range, all of them, whatever `kind` and `limit`; null without
   * `steps`.
   */
  timeline: z
    .object({
      /** Length of a part, ns. */
      step: unixNsString,
      /** In order of time; `time` is where the part begins. */
      counts: z.array(
        z.object({ time: unixNsString, kind: z.string(), count: z.number().int().positive() }),
      ),
    })
    .nullable(),
});

export type EventTimeline = NonNullable<z.infer<typeof eventsResponse>['timeline']>;
export type ClusterEvent = z.infer<typeof clusterEvent>;
