import { z } from 'zod';
import { connectionsQuery, connectionsResponse } from './connections.ts';
import { consumerQuery, consumerResponse, consumersQuery, consumersResponse } from './consumers.ts';
import { conversationResponse } from './conversation.ts';
import { eventsQuery, eventsResponse } from './events.ts';
import {
  latencyQuery,
  latencyResponse,
  pathsQuery,
  pathsResponse,
  slowestQuery,
  slowestResponse,
} from './latency.ts';
import { messageResponse, messagesQuery, messagesResponse } from './message.ts';
import { messageIdString, timeRangeQuery, traceIdString } from './scalars.ts';
import {
  schemaDiffQuery,
  schemaDiffResponse,
  schemaResponse,
  schemasQuery,
  schemasResponse,
  schemaVersionResponse,
} from './schemas.ts';
import { serversResponse } from './servers.ts';
import { servicesResponse, statusResponse } from './status.ts';
import { streamQuery, streamResponse, streamsQuery, streamsResponse } from './streams.ts';
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
  conversation: {
    method: 'GET',
    path: '/api/v1/traces/{traceId}/conversation',
    summary: 'The traces that links join to this one, both ways, as one story',
    params: z.object({ traceId: traceIdString }),
    query: nothing,
    response: conversationResponse,
  },
  servers: {
    method: 'GET',
    path: '/api/v1/servers',
    summary: 'Every NATS server that is known: state, figures, links, endpoints',
    params: nothing,
    query: nothing,
    response: serversResponse,
  },
  streams: {
    method: 'GET',
    path: '/api/v1/streams',
    summary: 'Streams as their leaders report them',
    params: nothing,
    query: streamsQuery,
    response: streamsResponse,
  },
  stream: {
    method: 'GET',
    path: '/api/v1/streams/{stream}',
    summary:
      'One stream over time: what goes in by subject, how long it takes, how far consumers are',
    params: z.object({ stream: z.string() }),
    query: streamQuery,
    response: streamResponse,
  },
  consumers: {
    method: 'GET',
    path: '/api/v1/consumers',
    summary: 'JetStream consumers: backlog, lag in time, verdict, time to drain',
    params: nothing,
    query: consumersQuery,
    response: consumersResponse,
  },
  consumer: {
    method: 'GET',
    path: '/api/v1/consumers/{stream}/{consumer}',
    summary: 'One consumer and its history',
    params: z.object({ stream: z.string(), consumer: z.string() }),
    query: consumerQuery,
    response: consumerResponse,
  },
  connections: {
    method: 'GET',
    path: '/api/v1/connections',
    summary: 'Connections of clients: open ones, closed ones with the reason, slow consumers',
    params: nothing,
    query: connectionsQuery,
    response: connectionsResponse,
  },
  events: {
    method: 'GET',
    path: '/api/v1/events',
    summary: 'What happened in the cluster, newest first: connections, servers, advisories',
    params: nothing,
    query: eventsQuery,
    response: eventsResponse,
  },
  paths: {
    method: 'GET',
    path: '/api/v1/paths',
    summary:
      'Paths from producer over subject pattern to consumer: how many, how long, what is slowest',
    params: nothing,
    query: pathsQuery,
    response: pathsResponse,
  },
  latency: {
    method: 'GET',
    path: '/api/v1/latency',
    summary:
      'Where the time goes: stages of the deliveries of a path, over time, and as a heat map',
    params: nothing,
    query: latencyQuery,
    response: latencyResponse,
  },
  slowest: {
    method: 'GET',
    path: '/api/v1/latency/slowest',
    summary: 'The deliveries behind a stage or a cell of its heat map, slowest first',
    params: nothing,
    query: slowestQuery,
    response: slowestResponse,
  },
  schemas: {
    method: 'GET',
    path: '/api/v1/schemas',
    summary: 'Subjects of the schema registry, and of the messages: who writes and who reads them',
    params: nothing,
    query: schemasQuery,
    response: schemasResponse,
  },
  schema: {
    method: 'GET',
    path: '/api/v1/schemas/{subject}',
    summary: 'One subject: its versions, who writes and who reads which, what could not be decoded',
    params: z.object({ subject: z.string() }),
    query: timeRangeQuery,
    response: schemaResponse,
  },
  schemaVersion: {
    method: 'GET',
    path: '/api/v1/schemas/{subject}/versions/{version}',
    summary: 'One version with its text',
    params: z.object({ subject: z.string(), version: z.string().regex(/^([1-9]\d{0,8}|latest)$/) }),
    query: nothing,
    response: schemaVersionResponse,
  },
  schemaDiff: {
    method: 'GET',
    path: '/api/v1/schemas/{subject}/diff',
    summary: 'What changed between two versions, and whether each can read what the other wrote',
    params: z.object({ subject: z.string() }),
    query: schemaDiffQuery,
    response: schemaDiffResponse,
  },
} as const satisfies Record<string, Endpoint>;

export type EndpointName = keyof typeof CONTRACT;
export type ResponseOf<Name extends EndpointName> = z.infer<(typeof CONTRACT)[Name]['response']>;
export type QueryOf<Name extends EndpointName> = z.input<(typeof CONTRACT)[Name]['query']>;
export type ParamsOf<Name extends EndpointName> = z.input<(typeof CONTRACT)[Name]['params']>;

/** Server-sent events: one `stored` event, at most once a second, whenever rows became readable. */
export const LIVE_PATH = '/api/v1/live';
export const OPENAPI_PATH = '/api/openapi.json';
