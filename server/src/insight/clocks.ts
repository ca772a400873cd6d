import type { UnixNs } from '@hopline/model';

/** A point of the journey on the clock of the process or server that saw it. */
export interface Mark {
  at: UnixNs;
  /** Whose clock: marks of one clock are compared as they stand. */
  clock: string;
}

/** How far a clock is ahead of another, ns, at least and at most; null where nothing told. */
export interface Bound {
  lower: bigint | null;
  upper: bigint | null;
}

/** How far each clock is ahead of the publisher's, in ns; 0 unless the order of the marks forbids it. */
export type Offsets = ReadonlyMap<string, bigint>;

/**
 * How far the clock of a mark's process is ahead of the servers', by all that is stored of that process
 * around that time; undefined when nothing is known.
 */
export type ClockWindows = (mark: Mark) => Bound | undefined;

const UNBOUNDED: Bound = { lower: null, upper: null };

/**
 * Offsets by the order in which things must have happened: every mark of `journey` comes after
 * `published` and after the mark before it, and before `acknowledged` where that waited for it; and by the
 * windows of the processes, unless the message itself contradicts them. `chosen` says what is taken within
 * the bounds: without contradiction 0.
 */
export function clockOffsets(options: {
  published: Mark;
  /** End of a publish that waited for an answer of the broker. */
  acknowledged: Mark | null;
  /** Marks of the servers; `acknowledged` follows those that the broker's answer had to wait for. */
  servers: readonly { mark: Mark; beforeAnswer: boolean }[];
  /** First mark of each delivery, with the mark of the servers that it follows. */
  receptions: readonly { mark: Mark; after: Mark }[];
  /** Default: nothing is known. */
  windows?: ClockWindows | undefined;
}): Offsets {
  const { published, acknowledged, servers, receptions, windows = () => undefined } = options;
  const bounds = new Map<string, Bound>();
  for (const { mark, beforeAnswer } of servers) {
    tighten(bounds, mark.clock, {
      lower: acknowledged && beforeAnswer ? mark.at - acknowledged.at : null,
      upper: mark.at - published.at,
    });
  }
  const publisher = windows(published) ?? UNBOUNDED;
  const offsets = new Map<string, bigint>();
  for (const [clock, bound] of bounds) offsets.set(clock, chosen(bound, opposite(publisher)));
  offsets.set(published.clock, 0n);

  const consumers = new Map<string, bigint>();
  for (const { mark, after } of receptions) {
    if (mark.clock === published.clock || bounds.has(mark.clock)) continue;
    // Against the clock of the mark before: a wrong clock of the publisher moves no one else's stages.
    const reference = offsets.get(after.clock) ?? 0n;
    const own = { lower: null, upper: mark.at - after.at };
    const consumer = windows(mark) ?? UNBOUNDED;
    const window = bounds.has(after.clock) ? consumer : sum(consumer, opposite(publisher));
    const offset = reference + chosen(own, window);
    const known = consumers.get(mark.clock);
    consumers.set(mark.clock, known === undefined || offset < known ? offset : known);
  }
  for (const [clock, offset] of consumers) offsets.set(clock, offset);
  return offsets;
}

function tighten(bounds: Map<string, Bound>, clock: string, bound: Bound): void {
  bounds.set(clock, both(bounds.get(clock) ?? UNBOUNDED, bound));
}

const both = (a: Bound, b: Bound): Bound => ({
  lower: pick(a.lower, b.lower, (x, y) => x > y),
  upper: pick(a.upper, b.upper, (x, y) => x < y),
});

const opposite = ({ lower, upper }: Bound): Bound => ({
  lower: upper === null ? null : -upper,
  upper: lower === null ? null : -lower,
});

const sum = (a: Bound, b: Bound): Bound => ({
  lower: a.lower === null || b.lower === null ? null : a.lower + b.lower,
  upper: a.upper === null || b.upper === null ? null : a.upper + b.upper,
});

function pick(
  a: bigint | null,
  b: bigint | null,
  better: (a: bigint, b: bigint) => boolean,
): bigint | null {
  if (a === null || b === null) return a ?? b;
  return better(a, b) ? a : b;
}

/** Within what the message says, and within the process's window where the two agree. */
function chosen(own: Bound, window: Bound): bigint {
  const narrow = both(own, window);
  const isEmpty = narrow.lower !== null && narrow.upper !== null && narrow.lower > narrow.upper;
  return within(isEmpty ? own : narrow);
}

/** The way from a process to its server takes so long at most, if it is not known better. */
const ONE_WAY_NS = 1_000_000n;

/**
 * The smallest correction that fits: clocks are mostly right. But a clock that is further off than its
 * bounds are apart is wrong for sure. It is taken to be close above the lower bound, from which only an
 * answer's or an ack's way through the network can keep it; what keeps it from the upper one may be any
 * wait in a stream.
 */
function within({ lower, upper }: Bound): bigint {
  if (lower === null || upper === null) return nearest({ lower, upper });
  // Bounds that contradict each other: the marks are not of one steady clock. Take the middle.
  const width = upper - lower;
  if (width < 0n) return (lower + upper) / 2n;
  if (lower <= width && -upper <= width) return nearest({ lower, upper });
  return lower + (width / 2n < ONE_WAY_NS ? width / 2n : ONE_WAY_NS);
}

function nearest({ lower, upper }: Bound): bigint {
  if (lower !== null && lower > 0n) return lower;
  if (upper !== null && upper < 0n) return upper;
  return 0n;
}
