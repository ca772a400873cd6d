import type { AssetRow } from '@hopline/model';
import { inWords } from '../errors.ts';
import type { RowBufferStatus } from './row-buffer.ts';

/**
 * Hands the rows of a sweep to their sink, batch by batch. Unlike events they need no buffer: what is
 * refused is dropped and counted, for the next sweep brings newer figures of the same assets.
 */
export class SweepRows {
  readonly #sink: (rows: AssetRow[]) => Promise<void> | void;
  readonly #batchRows: number;
  #buffered = 0;
  #handedOver = 0;
  #dropped = 0;

  constructor(sink: (rows: AssetRow[]) => Promise<void> | void, batchRows: number) {
    this.#sink = sink;
    this.#batchRows = batchRows;
  }

  get status(): RowBufferStatus {
    return { buffered: this.#buffered, handedOver: this.#handedOver, dropped: this.#dropped };
  }

  /** Resolves with what went wrong, in words; '' when all rows were taken. */
  async handOver(rows: AssetRow[]): Promise<string> {
    for (let at = 0; at < rows.length; at += this.#batchRows) {
      const batch = rows.slice(at, at + this.#batchRows);
      this.#buffered = rows.length - at;
      try {
        await this.#sink(batch);
        this.#handedOver += batch.length;
      } catch (error) {
        this.#dropped += this.#buffered;
        this.#buffered = 0;
        return inWords(error);
      }
    }
    this.#buffered = 0;
    return '';
  }
}
