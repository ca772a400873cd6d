import { z } from 'zod';
import { timeRangeQuery, unixNsString } from './scalars.ts';

export const clusterEvent = z.object({
  time: unixNsString,
  /** `connect`, `disconnect`, `auth error`, `shutdown`, `lame duck`, or an advisory's kind: `max_deliver`. */
  kind: z.string(),
  source: z.enum(['server', 'advisory', 'monitor']),
  /** Server name; '' where the event does not say. */
  server: z.string(),
  account: z.string(),
  /** Name of the connection, else its address. */
  connection: z.string(),
  cid: z.number().nullable(),
  stream: z.string(),
  consumer: z.string(),
  /** Sequence in `stream` of the message that it is about; null where it is about none. */
  streamSequence: z.string().nullable(),
  /** How often that message was delivered until then. */
  deliveries: z.number().nullable(),
  reason: z.string(),
});

export const eventsQuery = timeRangeQuery.extend({
  kind: z.string().max(100).optional(),
  server: z.string().max(200).optional(),
  stream: z.string().max(300).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

export const eventsResponse = z.object({
  /** Newest first. */
  events: z.array(clusterEvent),
});

export type ClusterEvent = z.infer<typeof clusterEvent>;
