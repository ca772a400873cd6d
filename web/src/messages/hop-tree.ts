import type { Hop } from '@hopline/model/api';

/** One server on the way, or the place of one that announced nothing. */
export interface HopRow {
  id: string;
  depth: number;
  /** Null for a server that another one sent the message to and that never reported. */
  hop: Hop | null;
}

/**
 * The servers in the order of the way. Hop ids are the path: '' took the message from its publisher,
 * `1` is the first server it was sent on to, `1.2` the second one after that (ADR-41).
 */
export function hopTree(hops: readonly Hop[], missing: readonly string[]): HopRow[] {
  const rows: HopRow[] = hops.map((hop) => ({ id: hop.hop, depth: depthOf(hop.hop), hop }));
  // Those behind a server that does not trace report under its id: it is missing all the same.
  for (const id of missing) rows.push({ id, depth: depthOf(id), hop: null });
  return rows.sort((a, b) => compareIds(a.id, b.id));
}

const depthOf = (id: string): number => (id === '' ? 0 : id.split('.').length);

function compareIds(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? -1) - (right[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

const numbersOf = (id: string): number[] => (id === '' ? [] : id.split('.').map(Number));
