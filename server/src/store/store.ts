/** The store's door: all that intake, insight and api may know of it. SQL stays behind it. */
export type {
  Database,
  InsertOutcome,
  Segment,
} from './database.ts';
export {
  QueryFailed,
  QueryTimeout,
  QueryTooLarge,
  StoreError,
  StoreUnavailable,
} from './errors.ts';
export type { Bounds } from './queries/bounds.ts';
export { noteClockWindows } from './queries/clock-evidence.ts';
export {
  type ClockWindowRow,
  clockStepOf,
  clockWindows,
  NONE_ABOVE,
  NONE_BELOW,
} from './queries/clock-windows.ts';
export { clusterEventCounts, clusterEvents } from './queries/cluster-events.ts';
export { type ConsumerHistoryRow, consumerHistory } from './queries/consumer-history.ts';
export { type ConsumerInstanceRow, consumerInstances } from './queries/consumer-instances.ts';
export { type ConsumerProgressRow, consumerProgress } from './queries/consumer-progress.ts';
export { deliveryTimes } from './queries/delivery-times.ts';
export { firstSpan } from './queries/first-span.ts';
export { latestAssets } from './queries/latest-assets.ts';
export { linkedTraces, linkingTraces } from './queries/linked-traces.ts';
export {
  type FlowRow,
  type HttpCallRow,
  type MapTraffic,
  mapTraffic,
  type ServerDeliveryRow,
  type ServerStoreRow,
  type ServiceActivityRow,
} from './queries/map-traffic.ts';
export {
  type AdvisoryHead,
  messageAdvisories,
  type StreamPosition,
} from './queries/message-advisories.ts';
export { isByKey, type MessageKeys } from './queries/message-keys.ts';
export { messagesThatTook, type StageTook } from './queries/messages-that-took.ts';
export {
  type LatencyByConsumerRow,
  latencyByConsumer,
} from './queries/paths/latency-by-consumer.ts';
export { type PathRow, pathList } from './queries/paths/path-list.ts';
export { type PathStagesRow, pathStages } from './queries/paths/path-stages.ts';
export { type SlowDeliveryRow, slowestDeliveries } from './queries/paths/slowest-deliveries.ts';
export { type StageSeriesRow, stageSeries } from './queries/paths/stage-series.ts';
export { type StageRow, stageTable } from './queries/paths/stage-table.ts';
export { type UnhandledRow, unhandledMessages } from './queries/paths/unhandled-messages.ts';
export { type PublishCursor, publishSpans } from './queries/publish-spans.ts';
export { type SchemaUsageRow, schemaUsage } from './queries/schema-usage.ts';
export { serviceNames } from './queries/service-names.ts';
export type { SpanHead } from './queries/span-head.ts';
export { spansAround } from './queries/spans-around.ts';
export { type StreamHistoryRow, streamHistory } from './queries/stream-history.ts';
export { type StreamProgressRow, streamProgress } from './queries/stream-progress.ts';
export { type StreamSubjectRow, streamSubjects } from './queries/stream-subjects.ts';
export { traceHeads } from './queries/trace-heads.ts';
export { type HopHead, traceHops } from './queries/trace-hops.ts';
export { type LogRow, traceLogs } from './queries/trace-logs.ts';
export { type SpanRow, traceSpans } from './queries/trace-spans.ts';
export { type Position, tracesAtPosition } from './queries/traces-at-position.ts';
export type { RollupDays } from './rollups/levels.ts';
export { answeredTo, type RolledBounds, wholeBuckets } from './rollups/range.ts';
export { rollupReach } from './rollups/reach.ts';
export { Roller } from './rollups/roller.ts';
export { BINS_PER_DECADE } from './rollups/sketch.ts';
