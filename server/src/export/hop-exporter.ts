import { setTimeout as sleep } from 'node:timers/promises';
import type { HopSpan } from '../insight/hop-spans.ts';
import type { HopHead } from '../store/store.ts';
import { JoinedHops } from './joined-hops.ts';
import { type SenderOptions, sendSpans } from './otlp-sender.ts';

export type ExportOutcome = 'sent' | 'refused' | 'dropped';

export interface HopExporterOptions extends SenderOptions {
  /** Events and spans that may wait; past it new events are dropped and counted. */
  maxQueued: number;
  /** How long the servers of a message have to report before its spans are made. */
  settleMs: number;
  /** `dropped` counts trace events while they are not joined, else spans. */
  onOutcome: (outcome: ExportOutcome, count: number) => void;
  onTrouble: (what: string, error: unknown) => void;
}

const BATCH = 500;
const LOOK_EVERY_MS = 250;

/**
 * Hands the joined spans of servers on to another receiver of OTLP. Never slows its caller: what does
 * not fit is dropped and counted. At the end what waits is given one more chance, no retries.
 */
export class HopExporter implements AsyncDisposable {
  readonly #options: HopExporterOptions;
  readonly #hops: JoinedHops;
  readonly #stop = new AbortController();
  readonly #working: Promise<void>;
  #spans: HopSpan[] = [];

  constructor(options: HopExporterOptions) {
    this.#options = options;
    this.#hops = new JoinedHops({ settleMs: options.settleMs, maxRows: options.maxQueued });
    this.#working = this.#work();
  }

  take(rows: readonly HopHead[]): void {
    const now = performance.now();
    let dropped = 0;
    for (const row of rows) {
      const isFull = this.#spans.length + this.#hops.size >= this.#options.maxQueued;
      if (isFull || !this.#hops.add(row, now)) dropped += 1;
    }
    if (dropped > 0) this.#options.onOutcome('dropped', dropped);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#working;
    this.#join(Number.POSITIVE_INFINITY);
    const once = AbortSignal.timeout(this.#options.timeoutMs);
    while (this.#spans.length > 0) {
      const giveUp = new AbortController();
      const signal = AbortSignal.any([once, giveUp.signal]);
      const isSent = await this.#sendFirst(signal, () => giveUp.abort());
      if (!isSent) break;
    }
    if (this.#spans.length > 0) this.#options.onOutcome('dropped', this.#spans.length);
    this.#spans = [];
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    const { onTrouble } = this.#options;
    while (!signal.aborted) {
      this.#join(performance.now());
      if (this.#spans.length === 0) {
        await sleep(LOOK_EVERY_MS, null, { signal }).catch(() => {});
        continue;
      }
      await this.#sendFirst(signal, (error) => onTrouble('cannot export server hops yet', error));
    }
  }

  #join(nowMs: number): void {
    for (const span of this.#hops.take(nowMs).spans) this.#spans.push(span);
  }

  /** False when `signal` ended it: the batch is still there. */
  async #sendFirst(signal: AbortSignal, onRetry: (error: unknown) => void): Promise<boolean> {
    const { onOutcome, onTrouble } = this.#options;
    const batch = this.#spans.slice(0, BATCH);
    try {
      const { taken, refused, reason } = await sendSpans(batch, this.#options, { signal, onRetry });
      this.#spans = this.#spans.slice(batch.length);
      if (taken > 0) onOutcome('sent', taken);
      if (refused > 0) {
        onOutcome('refused', refused);
        onTrouble('the receiver refuses server hops', new Error(reason));
      }
      return true;
    } catch {
      return false;
    }
  }
}
