export type { ConnectionState } from './connection.ts';
export { MonitorSettingsError } from './errors.ts';
export type { SpanTimes } from './lag-book.ts';
export type { MonitoringStatus } from './monitoring-server.ts';
export {
  connectionOptions as natsConnectionOptions,
  type NatsSettings,
  parseNatsServer,
} from './nats-settings.ts';
export type { RowBufferStatus } from './row-buffer.ts';
export { checkTracing } from './tracing-check.ts';
export {
  type Sink,
  type Watch,
  type WatchLimits,
  type WatchLog,
  type WatchOptions,
  type WatchStatus,
  watch,
} from './watch.ts';
