import type { Log } from '../log.ts';
import type { ConnectionEvent } from './connection-event.ts';

/** One line an event. */
export function logConnection(log: Log, name: string): (event: ConnectionEvent) => void {
  return (event) => {
    if (event.type === 'state') logState(log, name, event);
    else if (event.type === 'attempt') log.info({ name, ...event.attempt }, 'nats: dial');
    else if (event.type === 'slow consumer') {
      log.warn({ name, subject: event.subject, pending: event.pending }, 'nats: slow consumer');
    } else {
      const { type, ...fields } = event;
      log.error({ name, ...fields }, `nats: ${type}`);
    }
  };
}

function logState(log: Log, name: string, event: ConnectionEvent & { type: 'state' }): void {
  const { from, to, server, outageMs } = event;
  const level = to === 'reconnecting' || to === 'lame duck' ? 'warn' : 'info';
  log[level]({ name, from, to, server, outageMs }, `nats: ${to}`);
}
