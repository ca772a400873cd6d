import { z } from 'zod';
import { messageResponse, messagesQuery, messagesResponse } from './message.ts';
import { messageIdString, timeRangeQuery, traceIdString } from './scalars.ts';
import { servicesResponse, statusResponse } from './status.ts';
import { topologyQuery, topologyResponse } from './topology.ts';
import { traceResponse } from './trace.ts';

/** One HTTP resource. `path` is written as OpenAPI does: `/api/v1/traces/{traceId}`. */
export interface Endpoint {
  method: 'GET';
  path: string;
  summary: string;
  params: z.ZodObject;
  query: z.ZodObject;
  response: z.ZodType;
}

const nothing = z.object({});

/** The whole HTTP contract: server routes, browser client, CLI and OpenAPI document follow from it. */
export const CONTRACT = {
  status: {
    method: 'GET',
    path: '/api/v1/status',
    summary: 'Hopline itself: connections, store, journal, counts',
    params: nothing,
    query: nothing,
    response: statusResponse,
  },
  services: {
    method: 'GET',
    path: '/api/v1/services',
    summary: 'Names of the services seen in the range',
    params: nothing,
    query: timeRangeQuery,
    response: servicesResponse,
  },
  topology: {
    method: 'GET',
    path: '/api/v1/topology',
    summary: 'Who talks to whom: services, subjects, streams, consumers and the edges between them',
    params: nothing,
    query: topologyQuery,
    response: topologyResponse,
  },
  messages: {
    method: 'GET',
    path: '/api/v1/messages',
    summary: 'Messages, newest first',
    params: nothing,
    query: messagesQuery,
    response: messagesResponse,
  },
  message: {
    method: 'GET',
    path: '/api/v1/messages/{messageId}',
    summary: 'One message: its path, deliveries, stages and fate',
    params: z.object({ messageId: messageIdString }),
    query: nothing,
    response: messageResponse,
  },
  trace: {
    method: 'GET',
    path: '/api/v1/traces/{traceId}',
    summary: 'One trace: spans, server hops, advisories and logs',
    params: z.object({ traceId: traceIdString }),
    query: nothing,
    response: traceResponse,
  },
} as const satisfies Record<string, Endpoint>;

export type EndpointName = keyof typeof CONTRACT;
export type ResponseOf<Name extends EndpointName> = z.infer<(typeof CONTRACT)[Name]['response']>;
export type QueryOf<Name extends EndpointName> = z.input<(typeof CONTRACT)[Name]['query']>;
export type ParamsOf<Name extends EndpointName> = z.input<(typeof CONTRACT)[Name]['params']>;

/** Server-sent events: one `stored` event, at most once a second, whenever rows became readable. */
export const LIVE_PATH = '/api/v1/live';
export const OPENAPI_PATH = '/api/openapi.json';
