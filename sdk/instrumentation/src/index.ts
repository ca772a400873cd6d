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
export { type AnyNatsMessage, withMessage } from './with-message.ts';
