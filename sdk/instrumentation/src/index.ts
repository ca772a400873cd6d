export { NatsInstrumentation } from './nats-instrumentation.ts';
export { type AnyNatsMessage, withMessage } from './with-message.ts';
