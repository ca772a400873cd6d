import { mkdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SIGNALS, type Signal } from '@hopline/model';
import { lengthPrefix } from './frames.ts';
import { type AppendOutcome, JournalLane } from './journal-lane.ts';
import { isOtlpSignal, leftSegments, type SealedSegment } from './segments.ts';

export interface JournalOptions {
  /** Absolute path; made when missing. One process at a time. */
  folder: string;
  segmentSpans: number;
  segmentBytes: number;
  /** Of traces; segments of the other signals may be older, by OTHER_AGE. */
  segmentAgeMs: number;
  /** Of all segments, open and sealed, that are not in the store yet. */
  maxBytes: number;
  fsync: 'never' | 'always';
  onTrouble: (what: string, error: unknown) => void;
}

/** Times the age of traces. A batch of a few rows costs the engine as much as one of thousands. */
const OTHER_AGE = 2;

/**
 * The durable queue between the doors and the store, and at the same time the store's batches: one lane
 * of segment files a signal. What `append` answered with `stored` survives `kill -9`, and power loss
 * too with `fsync: always`.
 */
export class Journal implements AsyncDisposable {
  readonly #maxBytes: number;
  readonly #lanes: ReadonlyMap<Signal, JournalLane>;
  readonly #sealed: SealedSegment[];
  #wakeUp = Promise.withResolvers<void>();
  #bytes: number;
  #sealedBytes = 0;
  #sealedCount = 0;
  #closed = false;

  private constructor(options: JournalOptions, left: SealedSegment[]) {
    this.#maxBytes = options.maxBytes;
    this.#sealed = left;
    for (const segment of left) this.#countSealed(segment, 1);
    this.#bytes = this.#sealedBytes;
    this.#lanes = new Map(
      SIGNALS.map((signal) => [
        signal,
        new JournalLane(
          {
            signal,
            folder: join(options.folder, signal),
            segmentItems: options.segmentSpans,
            segmentBytes: options.segmentBytes,
            segmentAgeMs: options.segmentAgeMs * (signal === 'traces' ? 1 : OTHER_AGE),
            fsync: options.fsync === 'always',
            onSealed: (segment) => this.#push(segment),
            onTrouble: options.onTrouble,
          },
          left.filter((segment) => segment.signal === signal).length,
        ),
      ]),
    );
  }

  /** Takes over what an earlier run left. */
  static async open(options: JournalOptions): Promise<Journal> {
    for (const signal of SIGNALS) await mkdir(join(options.folder, signal), { recursive: true });
    return new Journal(options, await leftSegments(options.folder));
  }

  /** One checked OTLP request with `items` items. The bytes must not change until it is answered. */
  append(signal: Signal, bytes: Uint8Array, items: number): Promise<AppendOutcome> {
    const prefix = isOtlpSignal(signal) ? [lengthPrefix(bytes.length)] : [];
    return this.#append(signal, [...prefix, bytes], items);
  }

  /** Rows of a signal that Hopline makes itself. */
  appendRows(signal: Signal, rows: readonly object[]): Promise<AppendOutcome> {
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    return this.#append(signal, [Buffer.from(lines)], rows.length);
  }

  async #append(
    signal: Signal,
    chunks: readonly Uint8Array[],
    items: number,
  ): Promise<AppendOutcome> {
    if (items === 0) return { status: 'stored' };
    if (this.#closed) return { status: 'retry', reason: 'shutting down' };
    const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (this.#bytes + sizeBytes > this.#maxBytes) {
      return { status: 'retry', reason: `the journal is full (${this.#maxBytes} bytes)` };
    }
    this.#bytes += sizeBytes;
    const outcome = await this.#lanes.get(signal)!.append(chunks, sizeBytes, items);
    if (outcome.status !== 'stored') this.#bytes -= sizeBytes;
    return outcome;
  }

  /** The oldest sealed segment that nobody took yet; waits for one. Null once `stop` is aborted. */
  async take(stop: AbortSignal): Promise<SealedSegment | null> {
    const over = Promise.withResolvers<void>();
    const onAbort = (): void => over.resolve();
    stop.addEventListener('abort', onAbort, { once: true });
    try {
      while (!stop.aborted) {
        const segment = this.#sealed.shift();
        if (segment !== undefined) return segment;
        await Promise.race([this.#wakeUp.promise, over.promise]);
      }
      return null;
    } finally {
      stop.removeEventListener('abort', onAbort);
    }
  }

  /** Deletes a taken segment: its content is stored elsewhere. */
  async remove(segment: SealedSegment): Promise<void> {
    await unlink(segment.path);
    this.#countSealed(segment, -1);
    this.#bytes -= segment.sizeBytes;
    this.#lanes.get(segment.signal)!.stored();
  }

  /** Everything appended so far can be taken afterwards. */
  async seal(): Promise<void> {
    await Promise.all(Array.from(this.#lanes.values(), (lane) => lane.seal()));
  }

  get maxBytes(): number {
    return this.#maxBytes;
  }

  get stats(): { openBytes: number; sealedSegments: number; sealedBytes: number } {
    return {
      openBytes: this.#bytes - this.#sealedBytes,
      sealedSegments: this.#sealedCount,
      sealedBytes: this.#sealedBytes,
    };
  }

  /** Refuses new appends, finishes those under way, seals. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.seal();
  }

  #push(segment: SealedSegment): void {
    this.#sealed.push(segment);
    this.#countSealed(segment, 1);
    this.#wakeUp.resolve();
    this.#wakeUp = Promise.withResolvers();
  }

  #countSealed(segment: SealedSegment, by: 1 | -1): void {
    this.#sealedCount += by;
    this.#sealedBytes += by * segment.sizeBytes;
  }
}
