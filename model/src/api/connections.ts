import { z } from 'zod';
import { unixNsString } from './scalars.ts';
import { unknownPart } from './unknown-part.ts';

export const connection = z.object({
  /** Server name. */
  server: z.string(),
  cid: z.number(),
  kind: z.string(),
  /** `nats`, `mqtt`, `websocket`, ... */
  type: z.string(),
  ip: z.string(),
  port: z.number(),
  name: z.string(),
  account: z.string(),
  user: z.string(),
  language: z.string(),
  version: z.string(),
  startedAt: unixNsString.nullable(),
  lastActivity: unixNsString.nullable(),
  /** Null while it is open. */
  stoppedAt: unixNsString.nullable(),
  /** Why it closed; '' while it is open. */
  reason: z.string(),
  rttMs: z.number().nullable(),
  pendingBytes: z.number(),
  inMsgs: z.number(),
  outMsgs: z.number(),
  inBytes: z.number(),
  outBytes: z.number(),
  /** Per second since the sweep before; null for a new or closed one. */
  inMsgsPerSecond: z.number().nullable(),
  outMsgsPerSecond: z.number().nullable(),
  subscriptions: z.number(),
  /** The first subjects it subscribes to; empty where the server did not say. */
  subjects: z.array(z.string()),
});

export const connectionsQuery = z.object({
  server: z.string().optional(),
  account: z.string().optional(),
  state: z.enum(['open', 'closed', 'slow']).default('open'),
  sort: z.enum(['cid', 'pending', 'in', 'out', 'subscriptions', 'stopped']).default('pending'),
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
});

export const connectionsResponse = z.object({
  time: unixNsString.nullable(),
  connections: z.array(connection),
  unknown: z.array(unknownPart),
  /** All that match, also those past the limit. */
  total: z.number().int(),
});

export type ConnectionView = z.infer<typeof connection>;
