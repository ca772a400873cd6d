import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';
import { textPieces } from './text-pieces.ts';

/** What the end of a gzip stream says of all its text so far. */
export interface TextSum {
  crc: number;
  bytes: number;
}

/** RFC 1952: magic, deflate, no flags, no time, no extra flags, unknown system. */
export const GZIP_START = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
/** An empty last block. */
const DEFLATE_END = Buffer.from([3, 0]);
/** Pieces that are packed at a time, by the threads of the runtime. */
const AT_ONCE = 3;
/** The text is nearly all repeated labels: a low level packs it 80 to 1, and quicker than the lowest. */
const LEVEL = 3;

const deflate = promisify(deflateRaw);

/**
 * Lines as parts of a gzip stream, packed as they are read and kept: whoever reads first has them made,
 * those who come later get the same. Each part ends on a byte of its own and needs none of the others,
 * so they are packed beside each other and may be sent again and again.
 */
export class PackedText {
  readonly #free: Buffer[] = [];
  readonly #pieces: Iterator<Buffer>;
  readonly #parts: Promise<Buffer>[] = [];
  #sum: TextSum;

  /** `before` is of the text that stands before it in the stream. */
  constructor(lines: Iterable<string>, before: TextSum = { crc: 0, bytes: 0 }) {
    this.#pieces = textPieces(lines, this.#free)[Symbol.iterator]();
    this.#sum = before;
  }

  /** With what stands before; final once the parts have been read to their end. */
  get sum(): TextSum {
    return this.#sum;
  }

  async *parts(): AsyncGenerator<Buffer> {
    for (let at = 0; ; at++) {
      while (this.#parts.length < at + AT_ONCE && this.#packNext());
      const part = this.#parts[at];
      if (!part) return;
      yield await part;
    }
  }

  /** Resolves when all parts are there. */
  async made(): Promise<void> {
    for await (const _part of this.parts());
  }

  /** False at the end of the text. */
  #packNext(): boolean {
    const { value: piece, done } = this.#pieces.next();
    if (done) return false;
    const { crc, bytes } = this.#sum;
    this.#sum = { crc: crc32(piece, crc), bytes: bytes + piece.length };
    const packed = deflate(piece, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH });
    this.#parts.push(packed.finally(() => this.#free.push(whole(piece))));
    return true;
  }
}

/** The buffer that a piece is the start of. */
const whole = ({ buffer }: Buffer): Buffer => Buffer.from(buffer);

/** What ends the stream, RFC 1952: an empty block, CRC and length modulo 2^32. */
export function gzipEnd({ crc, bytes }: TextSum): Buffer {
  const end = Buffer.alloc(DEFLATE_END.length + 8);
  DEFLATE_END.copy(end);
  end.writeUInt32LE(crc, DEFLATE_END.length);
  end.writeUInt32LE(bytes % 2 ** 32, DEFLATE_END.length + 4);
  return end;
}
