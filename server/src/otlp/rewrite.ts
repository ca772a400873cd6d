import { FieldReader } from './field-reader.ts';
import type { MessageShape } from './shapes.ts';
import type { TimeWindow } from './verdicts.ts';

/**
 * The request without the items that their verdict rejects. Its structure must be sound.
 *
 * One forward pass into a copy no larger than the original: a message that shrinks keeps the width of
 * its length varint (`0x05` may be written `0x85 0x00`; every reader takes it), so nothing has to be
 * measured ahead.
 */
export function withoutRejected(
  shape: MessageShape,
  bytes: Uint8Array,
  window: TimeWindow,
): Uint8Array {
  const rewrite = new Rewrite(bytes, window);
  rewrite.copy(shape, 0, bytes.length);
  return rewrite.done;
}

class Rewrite {
  readonly #reader: FieldReader;
  readonly #window: TimeWindow;
  readonly #out: Buffer;
  #length = 0;

  constructor(bytes: Uint8Array, window: TimeWindow) {
    this.#reader = new FieldReader(bytes);
    this.#window = window;
    this.#out = Buffer.allocUnsafe(bytes.length);
  }

  get done(): Uint8Array {
    return this.#out.subarray(0, this.#length);
  }

  /** Copies what is kept of the message at `pos..limit`. */
  copy(message: MessageShape, pos: number, limit: number): void {
    const reader = this.#reader;
    for (let at = pos; at < limit; ) {
      const from = at;
      reader.next(at, limit);
      const { start, end } = reader;
      at = end;
      const child = message.children[reader.field];
      if (child?.holdsItems === true) {
        this.#append(from, start);
        const lengthEnd = this.#length;
        this.copy(child, start, end);
        this.#setLength(lengthEnd, this.#length - lengthEnd);
      } else if (!child?.verdict || child.verdict(reader, this.#window) === null) {
        this.#append(from, end);
      }
    }
  }

  #append(from: number, to: number): void {
    this.#out.set(this.#reader.bytes.subarray(from, to), this.#length);
    this.#length += to - from;
  }

  /** Overwrites the length varint that ends at `end`, in its old width. Tags before it are one byte. */
  #setLength(end: number, value: number): void {
    const out = this.#out;
    let start = end - 1;
    while (start > 0 && out[start - 1]! >= 0x80) start--;
    let rest = value;
    for (let at = start; at < end; at++) {
      out[at] = (rest & 0x7f) | (at < end - 1 ? 0x80 : 0);
      rest = Math.floor(rest / 128);
    }
  }
}
