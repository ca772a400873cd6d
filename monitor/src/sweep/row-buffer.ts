import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../transport/backoff.ts';

export interface RowBufferOptions<Row> {
  /** Takes one batch; the next waits until it settles. Rejecting means "retry later". */
  sink(rows: Row[]): Promise<void> | void;
  /** Rows of one batch at most. */
  batchRows: number;
  /** Longest a row waits for its batch to fill. */
  batchAgeMs: number;
  /** Rows held at most; past it new rows are dropped and counted. */
  maxRows: number;
  /** Told once each time the sink begins to fail. */
  onSinkError?: ((error: unknown) => void) | undefined;
  /** Told once each time rows begin to be dropped. */
  onOverflow?: (() => void) | undefined;
}

export interface RowBufferStatus {
  buffered: number;
  handedOver: number;
  /** Rows that found the buffer full, or were left when it closed. */
  dropped: number;
}

const RETRY = { baseMs: 100, capMs: 5_000 };
const CLOSE_MS = 5_000;

/** Collects rows into small batches for one slow sink, in order, within a bound. */
export class RowBuffer<Row> implements AsyncDisposable {
  readonly #options: RowBufferOptions<Row>;
  readonly #closing = new AbortController();
  #rows: Row[] = [];
  #timer: NodeJS.Timeout | undefined;
  #pumping: Promise<void> | undefined;
  #handedOver = 0;
  #dropped = 0;
  #overflowing = false;

  constructor(options: RowBufferOptions<Row>) {
    this.#options = options;
  }

  get status(): RowBufferStatus {
    return {
      buffered: this.#rows.length,
      handedOver: this.#handedOver,
      dropped: this.#dropped,
    };
  }

  push(row: Row): void {
    const { batchRows, batchAgeMs, maxRows } = this.#options;
    if (this.#rows.length >= maxRows || this.#closing.signal.aborted) {
      this.#dropped++;
      if (!this.#overflowing) this.#options.onOverflow?.();
      this.#overflowing = true;
      return;
    }
    this.#rows.push(row);
    if (this.#rows.length >= batchRows) this.#start();
    else this.#timer ??= setTimeout(() => this.#start(), batchAgeMs);
  }

  /** Hands over what is left, for at most five seconds; a sink that still fails loses it, counted. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#start();
    await Promise.race([this.#pumping, sleep(CLOSE_MS, undefined, { ref: false })]);
    this.#dropped += this.#rows.length;
    this.#rows = [];
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = undefined;
    });
  }

  async #pump(): Promise<void> {
    let failures = 0;
    while (this.#rows.length > 0) {
      // The batch stays in the buffer until it is taken: it counts against the bound.
      const batch = this.#rows.slice(0, this.#options.batchRows);
      try {
        await this.#options.sink(batch);
        this.#rows.splice(0, batch.length);
        this.#handedOver += batch.length;
        this.#overflowing = false;
        failures = 0;
      } catch (error) {
        if (failures++ === 0) this.#options.onSinkError?.(error);
        if (this.#closing.signal.aborted) return;
        await sleep(backoffMs(failures, RETRY), undefined, { signal: this.#closing.signal }).catch(
          () => undefined,
        );
      }
    }
  }
}
