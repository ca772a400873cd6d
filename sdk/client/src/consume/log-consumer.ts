import type { Log } from '../log.ts';
import type { ConsumeEvent } from './consume-event.ts';

/** One line for what a person would want to know; a repetition that was kept out is none. */
export function logConsumer(log: Log, consumer: string): (event: ConsumeEvent) => void {
  return (event) => {
    const { type, ...fields } = event;
    if (type === 'duplicate') return;
    const level = type === 'dead letter' ? 'error' : 'warn';
    log[level]({ consumer, ...fields }, `nats: ${type}`);
  };
}
