import { type Rejection, scanRequest } from '../otlp/scan.ts';
import type { OtlpSignal } from '../otlp/shapes.ts';
import type { TimeWindow } from '../otlp/verdicts.ts';
import type { Journal } from './journal.ts';
import type { Door, IntakeObserver } from './observer.ts';

export interface AdmissionLimits {
  /** Of one request, after decompression. */
  maxRequestBytes: number;
  /** Of one JSON request: its parse tree is many times as large and is made in one go. */
  maxJsonBytes: number;
  /** Of all requests that are being read or wait for the journal. */
  maxInFlightBytes: number;
  retentionSeconds: number;
  maxFutureSeconds: number;
}

/** What became of a request. `retry`: nothing was kept, the same request may be taken later. */
export type Admitted =
  | { status: 'accepted'; rejected: readonly Rejection[] }
  | { status: 'broken'; reason: string }
  | { status: 'retry'; reason: string };

interface Options {
  journal: Pick<Journal, 'append'>;
  observer: IntakeObserver;
  limits: AdmissionLimits;
  nowMs?: () => number;
}

/** What every door does with a request: bytes in flight, structure, items, journal. */
export class Admission {
  readonly limits: AdmissionLimits;
  readonly #journal: Pick<Journal, 'append'>;
  readonly #observer: IntakeObserver;
  readonly #nowMs: () => number;
  #inFlightBytes = 0;

  constructor({ journal, observer, limits, nowMs = Date.now }: Options) {
    this.limits = limits;
    this.#journal = journal;
    this.#observer = observer;
    this.#nowMs = nowMs;
  }

  /** Room for `bytes` more of a request that is being read; give them back with `release`. */
  reserve(bytes: number): boolean {
    if (this.#inFlightBytes + bytes > this.limits.maxInFlightBytes) return false;
    this.#inFlightBytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#inFlightBytes -= bytes;
  }

  get inFlightBytes(): number {
    return this.#inFlightBytes;
  }

  /** `accepted` only when every item that was not rejected is in the journal. */
  async admit(door: Door, signal: OtlpSignal, request: Uint8Array): Promise<Admitted> {
    const scan = scanRequest(signal, request, this.#window());
    if (scan.status === 'broken') {
      this.#observer.refused(door, 'broken', scan.reason);
      return scan;
    }
    const { items, rejected, bytes } = scan;
    const outcome = await this.#journal.append(signal, bytes, items);
    if (outcome.status === 'retry') {
      this.#observer.refused(door, 'retry later', outcome.reason);
      return outcome;
    }
    this.#observer.accepted(door, signal, items);
    if (rejected.length > 0) this.#observer.rejected(door, signal, rejected);
    return { status: 'accepted', rejected };
  }

  #window(): TimeWindow {
    const nowMs = this.#nowMs();
    const { retentionSeconds, maxFutureSeconds } = this.limits;
    return {
      oldestNs: (nowMs - retentionSeconds * 1000) * 1e6,
      newestNs: (nowMs + maxFutureSeconds * 1000) * 1e6,
    };
  }
}
