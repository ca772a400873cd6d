import type { HopRow } from '@hopline/model';
import type { Msg } from '@nats-io/nats-core';
import { decodeTraceEvent, type TraceEventRefusal } from '../endpoints/trace-event.ts';
import type { Subscription } from '../transport/connection.ts';
import { eventBody } from './event-body.ts';

/** Messages on the trace subject that became no row, by reason. */
export type TraceEventCounts = Record<TraceEventRefusal | 'unreadable body', number>;

/** Subscription that turns the servers' trace events into hop rows. */
export class TraceEvents implements Subscription {
  readonly subject: string;
  readonly refused: TraceEventCounts = {
    'not JSON': 0,
    'not a trace event': 0,
    'no traceparent': 0,
    'unreadable body': 0,
  };
  readonly #onHop: (row: HopRow) => void;

  constructor(subject: string, onHop: (row: HopRow) => void) {
    this.subject = subject;
    this.#onHop = onHop;
  }

  onMessage(message: Msg): void {
    let text: string;
    try {
      text = eventBody(message.data, message.headers?.get('Content-Encoding') ?? '');
    } catch {
      this.refused['unreadable body']++;
      return;
    }
    const decoded = decodeTraceEvent(text);
    if ('row' in decoded) this.#onHop(decoded.row);
    else this.refused[decoded.refused]++;
  }
}
