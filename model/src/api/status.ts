import { z } from 'zod';
import { unixNsString } from './scalars.ts';

export const connectionState = z.enum([
  'not configured',
  'connecting',
  'connected',
  'disconnected',
]);

export const statusResponse = z.object({
  version: z.string(),
  startedAt: unixNsString,
  /** Ports of the OTLP doors. */
  otlp: z.object({ httpPort: z.number().int(), grpcPort: z.number().int() }),
  nats: z.object({
    state: connectionState,
    servers: z.array(z.string()),
    /** Server name it is connected to; '' otherwise. */
    server: z.string(),
    /** The last error in words; '' for none. */
    error: z.string(),
    traceSubject: z.string(),
  }),
  /** One row per monitoring URL. */
  monitor: z.array(
    z.object({
      url: z.string(),
      up: z.boolean(),
      server: z.string(),
      version: z.string(),
      lastSuccess: unixNsString.nullable(),
      error: z.string(),
    }),
  ),
  store: z.object({ state: z.enum(['starting', 'ready', 'down']), engine: z.string() }),
  journal: z.object({
    openBytes: z.number(),
    sealedSegments: z.number(),
    sealedBytes: z.number(),
    /** Requests the engine refused, kept aside on disk. */
    setAside: z.number(),
  }),
  accepted: z.object({
    spans: z.number(),
    logs: z.number(),
    metrics: z.number(),
    hops: z.number(),
    advisories: z.number(),
  }),
  rejected: z.object({ spans: z.number(), logs: z.number(), metrics: z.number() }),
});

export const servicesResponse = z.object({ services: z.array(z.string()) });

/** Body of every answer that is not 2xx. */
export const errorResponse = z.object({
  /** Stable code, see docs/errors.md. */
  code: z.string(),
  message: z.string(),
});

/** Data of the SSE event `stored`: new rows can be asked for. */
export const liveEvent = z.object({
  time: unixNsString,
  spans: z.number(),
  logs: z.number(),
  hops: z.number(),
});

export type StatusResponse = z.infer<typeof statusResponse>;
export type ConnectionState = z.infer<typeof connectionState>;
export type ErrorResponse = z.infer<typeof errorResponse>;
export type LiveEvent = z.infer<typeof liveEvent>;
