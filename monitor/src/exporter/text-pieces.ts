/** Bytes of one piece: large enough to be packed on its own, small enough to be written at once. */
const PIECE_BYTES = 1024 * 1024;
/** UTF-8 needs at most so many bytes for a unit of a string. */
const BYTES_OF_UNIT = 3;

/**
 * Text in small parts as large pieces of UTF-8. Buffers that the reader has done with may be given back in
 * `free`: memory outside of the heap is let go late otherwise.
 */
export function* textPieces(parts: Iterable<string>, free: Buffer[] = []): Generator<Buffer> {
  const next = (): Buffer => free.pop() ?? Buffer.allocUnsafe(PIECE_BYTES);
  let piece = next();
  let at = 0;
  for (const part of parts) {
    const most = part.length * BYTES_OF_UNIT;
    if (at + most > piece.length) {
      if (at > 0) yield piece.subarray(0, at);
      piece = most > PIECE_BYTES ? Buffer.allocUnsafe(most) : next();
      at = 0;
    }
    at += piece.write(part, at, 'utf8');
  }
  if (at > 0) yield piece.subarray(0, at);
}
