import type { ConnectionEvent, ConnectionState } from '../connect/connection-event.ts';

/** Keeps what a connection told, in order. */
export class Recorder {
  readonly events: ConnectionEvent[] = [];
  readonly listen = (event: ConnectionEvent): void => {
    this.events.push(event);
  };

  of<T extends ConnectionEvent['type']>(type: T): (ConnectionEvent & { type: T })[] {
    return this.events.filter(
      (event): event is ConnectionEvent & { type: T } => event.type === type,
    );
  }

  get states(): ConnectionState[] {
    return this.of('state').map((event) => event.to);
  }
}
