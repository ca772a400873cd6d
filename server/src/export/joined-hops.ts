import { type MessageId, messageId, type SpanId, type TraceId } from '@hopline/model';
import { type HopSpan, hopSpans, messageHopSpans } from '../insight/hop-spans.ts';
import { hopTree } from '../insight/hops.ts';
import type { HopHead } from '../store/store.ts';

/** Messages whose spans are gone already, to know what comes late. */
const MAX_REMEMBERED = 50_000;

interface Waiting {
  rows: HopHead[];
  dueAtMs: number;
}

/**
 * Joins the trace events of one message: its spans are ready once its servers had time to report. What
 * comes later is made to spans alone: their ids, and those of their parents, are the same.
 */
export class JoinedHops {
  readonly #waiting = new Map<MessageId, Waiting>();
  readonly #gone = new Set<MessageId>();
  readonly #settleMs: number;
  readonly #maxRows: number;
  #rows = 0;

  constructor(limits: { settleMs: number; maxRows: number }) {
    this.#settleMs = limits.settleMs;
    this.#maxRows = limits.maxRows;
  }

  /** How many events wait for the others of their message. */
  get size(): number {
    return this.#rows;
  }

  /** False when as many events wait as may. */
  add(row: HopHead, nowMs: number): boolean {
    if (this.#rows >= this.#maxRows) return false;
    const id = messageId(row.trace_id as TraceId, row.span_id as SpanId);
    const known = this.#waiting.get(id);
    if (known) known.rows.push(row);
    else this.#waiting.set(id, { rows: [row], dueAtMs: nowMs + this.#settleMs });
    this.#rows += 1;
    return true;
  }

  /** The spans of all messages whose time has come, with the number of events they were made of. */
  take(nowMs: number): { spans: HopSpan[]; rows: number } {
    const spans: HopSpan[] = [];
    let taken = 0;
    // In order of their due time: the first one that is not due ends it.
    for (const [id, { rows, dueAtMs }] of this.#waiting) {
      if (dueAtMs > nowMs) break;
      this.#waiting.delete(id);
      taken += rows.length;
      spans.push(...(this.#gone.has(id) ? rows.flatMap(hopSpans) : messageHopSpans(hopTree(rows))));
      this.#remember(id);
    }
    this.#rows -= taken;
    return { spans, rows: taken };
  }

  #remember(id: MessageId): void {
    this.#gone.add(id);
    if (this.#gone.size <= MAX_REMEMBERED) return;
    const [oldest] = this.#gone;
    if (oldest !== undefined) this.#gone.delete(oldest);
  }
}
