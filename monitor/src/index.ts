export { MonitorSettingsError } from './errors.ts';
export { checkTracing } from './events/tracing-check.ts';
export type { MonitoringStatus } from './servers/monitoring-server.ts';
export type { SpanTimes } from './sweep/lag-book.ts';
export type { RowBufferStatus } from './sweep/row-buffer.ts';
export type { ConnectionState } from './transport/connection.ts';
export {
  connectionOptions as natsConnectionOptions,
  type NatsSettings,
  parseNatsServer,
} from './transport/nats-settings.ts';
export {
  type Sink,
  type Watch,
  type WatchLimits,
  type WatchLog,
  type WatchOptions,
  type WatchStatus,
  watch,
} from './watch.ts';
