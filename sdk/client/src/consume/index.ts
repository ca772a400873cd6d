export type { ConsumeEvent } from './consume-event.ts';
export { DEAD_LETTER } from './dead-letter.ts';
export type { RunningConsumer } from './durable-consumer.ts';
export { consume } from './durable-consumer.ts';
export type { ConsumeOptions, ConsumerConnection } from './options.ts';
export type { Delivery, Handler, HandlerOutcome } from './outcome.ts';
export type { SeenIds } from './seen-ids.ts';
export { kvSeenIds, memorySeenIds } from './seen-ids.ts';
