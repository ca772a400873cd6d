export type { Breach } from './breach.ts';
export { type ClusterSnapshot, EMPTY_CLUSTER } from './cluster.ts';
export type { ConnectionView } from './connections.ts';
export {
  type ConsumerInstance,
  type ConsumerPoint,
  type ConsumerView,
  LAG_METHODS,
  type Lag,
  type LagMethod,
  VERDICTS,
  type Verdict,
} from './consumers.ts';
export {
  CONTRACT,
  type Endpoint,
  type EndpointName,
  LIVE_PATH,
  OPENAPI_PATH,
  type ParamsOf,
  type QueryOf,
  type ResponseOf,
} from './contract.ts';
export type {
  ConversationMessage,
  ConversationResponse,
  ConversationSpan,
  ConversationTrace,
} from './conversation.ts';
export type { ClusterEvent, EventTimeline } from './events.ts';
export type {
  LatencyResponse,
  PathSummary,
  PathsResponse,
  SlowestResponse,
  StageFigures,
  StageOrTotal,
  UnhandledSummary,
} from './latency.ts';
export type {
  Attempt,
  ConsumerSummary,
  Delivery,
  MessageResponse,
  MessageSummary,
  MessagesQuery,
  MessagesResponse,
  StageView,
} from './message.ts';
export {
  type DiffLine,
  REGISTRY_STATES,
  type SchemaProblem,
  type SchemaSubject,
  type SchemaUse,
  type SchemaVersion,
} from './schemas.ts';
export {
  type AccountLimits,
  type AccountTraffic,
  type EndpointState,
  type JetStreamFigures,
  type JetStreamUsage,
  type RaftGroup,
  SERVER_STATES,
  type ServerFigures,
  type ServerLink,
  type ServerState,
  type ServerView,
  type SubjectMatching,
} from './servers.ts';
export {
  type ConnectionState,
  type ErrorResponse,
  errorResponse,
  type LiveEvent,
  liveEvent,
  type StatusResponse,
} from './status.ts';
export type { Origin, Replica, StreamView } from './streams.ts';
export type {
  EdgeKind,
  NodeKind,
  TopologyEdge,
  TopologyNode,
  TopologyResponse,
} from './topology.ts';
export type {
  Advisory,
  Egress,
  Hop,
  HopChange,
  LogRecord,
  Span,
  SpanKind,
  TraceResponse,
} from './trace.ts';
export type { ClusterPart, UnknownPart } from './unknown-part.ts';
