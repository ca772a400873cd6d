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
  type ConnectionState,
  type ErrorResponse,
  errorResponse,
  type LiveEvent,
  liveEvent,
  type StatusResponse,
} from './status.ts';
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
