/** A moment of a stream: its last message then. */
interface Point {
  seq: number;
  /** Unix ms at which it was stored. */
  timeMs: number;
}

export interface StreamEnds {
  firstSeq: number;
  lastSeq: number;
  /** Unix ms; null when the stream never held a message. */
  firstMs: number | null;
  lastMs: number | null;
}

/**
 * A stream's sequence over time as we sampled it: which time a sequence was stored at, without reading
 * the message.
 */
export class SequenceCurve {
  readonly #maxPoints: number;
  #points: Point[] = [];
  #ends: StreamEnds = { firstSeq: 0, lastSeq: 0, firstMs: null, lastMs: null };

  constructor(maxPoints: number) {
    this.#maxPoints = maxPoints;
  }

  add(ends: StreamEnds): void {
    const newest = this.#points.at(-1);
    // Recreated, or another leader that is behind: what we knew is of another stream.
    if (newest && ends.lastSeq < newest.seq) this.#points = [];
    this.#ends = ends;
    if (ends.lastMs === null || ends.lastSeq === this.#points.at(-1)?.seq) return;
    this.#points.push({ seq: ends.lastSeq, timeMs: ends.lastMs });
    // Old parts of the curve may be coarse: every second point of the older half goes.
    if (this.#points.length > this.#maxPoints) {
      const half = this.#points.length / 2;
      this.#points = this.#points.filter((_, index) => index >= half || index % 2 === 0);
    }
  }

  /**
   * Unix ms at which the first message at or after `seq` was stored; `isExact` where the servers said it
   * of that very message. Null when there is none, or the curve does not reach it.
   */
  timeOf(seq: number): { timeMs: number; isExact: boolean } | null {
    const { firstSeq, lastSeq, firstMs, lastMs } = this.#ends;
    if (firstMs === null || lastMs === null || seq > lastSeq) return null;
    if (seq <= firstSeq) return { timeMs: firstMs, isExact: true };
    if (seq === lastSeq) return { timeMs: lastMs, isExact: true };
    let before: Point = { seq: firstSeq, timeMs: firstMs };
    for (const point of this.#points) {
      if (point.seq === seq) return { timeMs: point.timeMs, isExact: true };
      if (point.seq > seq) return { timeMs: between(before, point, seq), isExact: false };
      if (point.seq > before.seq) before = point;
    }
    return {
      timeMs: between(before, { seq: lastSeq, timeMs: lastMs }, seq),
      isExact: false,
    };
  }
}

function between(before: Point, after: Point, seq: number): number {
  const share = (seq - before.seq) / (after.seq - before.seq);
  return before.timeMs + share * (after.timeMs - before.timeMs);
}
