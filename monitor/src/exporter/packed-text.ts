import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';
import { textPieces } from './text-pieces.ts';

/** Text packed in parts that go on from each other: one after the other they are one gzip stream. */
export interface PackedText {
  parts: readonly Buffer[];
  /** Of all text so far, for the end of the stream. */
  crc: number;
  bytes: number;
}

const NOTHING: PackedText = { parts: [], crc: 0, bytes: 0 };

/** RFC 1952: magic, deflate, no flags, no time, no extra flags, unknown system. */
export const GZIP_START = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
/** An empty last block. */
const DEFLATE_END = Buffer.from([3, 0]);
/** Pieces that are packed at a time, by the threads of the runtime. */
const AT_ONCE = 3;
/** The text is nearly all repeated labels: a low level packs it 80 to 1, and quicker than the lowest. */
const LEVEL = 3;

const packPiece = (piece: Buffer): Promise<Buffer> =>
  promisify(deflateRaw)(piece, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH });

/** The buffer that a piece is the start of. */
const whole = ({ buffer }: Buffer): Buffer => Buffer.from(buffer);

/**
 * Packs lines; `before` is what stands before them in the stream. Each piece ends on a byte of its own
 * and needs none of the others, so they are packed beside each other and may be sent again and again.
 */
export async function packText(
  lines: Iterable<string>,
  before: PackedText = NOTHING,
): Promise<PackedText> {
  const packing: Promise<Buffer>[] = [];
  const free: Buffer[] = [];
  let { crc, bytes } = before;
  for (const piece of textPieces(lines, free)) {
    crc = crc32(piece, crc);
    bytes += piece.length;
    packing.push(packPiece(piece).finally(() => free.push(whole(piece))));
    // Also gives way to others between two pieces.
    await packing[packing.length - AT_ONCE];
  }
  return { parts: await Promise.all(packing), crc, bytes };
}

/** What ends the stream, RFC 1952: an empty block, CRC and length modulo 2^32. */
export function gzipEnd({ crc, bytes }: PackedText): Buffer {
  const end = Buffer.alloc(DEFLATE_END.length + 8);
  DEFLATE_END.copy(end);
  end.writeUInt32LE(crc, DEFLATE_END.length);
  end.writeUInt32LE(bytes % 2 ** 32, DEFLATE_END.length + 4);
  return end;
}
