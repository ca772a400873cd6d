import type { UnixNs } from '@hopline/model';

/** A point of the journey on the clock of the process or server that saw it. */
export interface Mark {
  at: UnixNs;
  /** Whose clock: marks of one clock are compared as they stand. */
  clock: string;
}

/** What is known of one clock against the publisher's: `ahead` lies within [lower, upper]. */
interface Bound {
  lower: bigint | null;
  upper: bigint | null;
}

/** How far each clock is ahead of the publisher's, in ns; 0 unless the order of the marks forbids it. */
export type Offsets = ReadonlyMap<string, bigint>;

/**
 * Offsets by the order in which things must have happened: every mark of `journey` comes after
 * `published` and after the mark before it, and before `acknowledged` where that waited for it. The smallest
 * correction that fits is taken: without contradiction it is 0. One-sided bounds give a lower limit of
 * the true offset only, so a corrected stage is a lower limit too.
 */
export function clockOffsets(options: {
  published: Mark;
  /** End of a publish that waited for an answer of the broker. */
  acknowledged: Mark | null;
  /** Marks of the servers; `acknowledged` follows those that the broker's answer had to wait for. */
  servers: readonly { mark: Mark; beforeAnswer: boolean }[];
  /** First mark of each delivery, with the mark of the servers that it follows. */
  receptions: readonly { mark: Mark; after: Mark }[];
}): Offsets {
  const { published, acknowledged, servers, receptions } = options;
  const bounds = new Map<string, Bound>();
  for (const { mark, beforeAnswer } of servers) {
    tighten(bounds, mark.clock, {
      lower: acknowledged && beforeAnswer ? mark.at - acknowledged.at : null,
      upper: mark.at - published.at,
    });
  }
  const offsets = new Map<string, bigint>();
  for (const [clock, bound] of bounds) offsets.set(clock, nearestToZero(bound));
  offsets.set(published.clock, 0n);

  const consumers = new Map<string, bigint>();
  for (const { mark, after } of receptions) {
    if (mark.clock === published.clock || bounds.has(mark.clock)) continue;
    // Against the clock of the mark before: a wrong clock of the publisher moves no one else's stages.
    const reference = offsets.get(after.clock) ?? 0n;
    const ahead = mark.at - after.at;
    const offset = reference + (ahead < 0n ? ahead : 0n);
    const known = consumers.get(mark.clock);
    consumers.set(mark.clock, known === undefined || offset < known ? offset : known);
  }
  for (const [clock, offset] of consumers) offsets.set(clock, offset);
  return offsets;
}

function tighten(bounds: Map<string, Bound>, clock: string, bound: Bound): void {
  const known = bounds.get(clock) ?? { lower: null, upper: null };
  bounds.set(clock, {
    lower: pick(known.lower, bound.lower, (a, b) => a > b),
    upper: pick(known.upper, bound.upper, (a, b) => a < b),
  });
}

function pick(
  a: bigint | null,
  b: bigint | null,
  better: (a: bigint, b: bigint) => boolean,
): bigint | null {
  if (a === null || b === null) return a ?? b;
  return better(a, b) ? a : b;
}

function nearestToZero({ lower, upper }: Bound): bigint {
  // Bounds that contradict each other: the marks are not of one steady clock. Take the middle.
  if (lower !== null && upper !== null && lower > upper) return (lower + upper) / 2n;
  if (lower !== null && lower > 0n) return lower;
  if (upper !== null && upper < 0n) return upper;
  return 0n;
}
