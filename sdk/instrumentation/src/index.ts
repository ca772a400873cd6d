export { instrument } from './instrument.ts';
export { NatsInstrumentation } from './nats-instrumentation.ts';
export type {
  ConsumeHookInfo,
  HookHeaders,
  NatsInstrumentationConfig,
  ProcessRelation,
  PublishHookInfo,
  ResponseHookInfo,
} from './nats-instrumentation-config.ts';
export {
  extractRedisEntry,
  injectRedisEntry,
  type RedisStreamFields,
} from './propagation/redis-stream-entry.ts';
export { RequestIdPropagator } from './propagation/request-id-propagator.ts';
export { type AnyNatsMessage, processUntil, withMessage } from './with-message.ts';
