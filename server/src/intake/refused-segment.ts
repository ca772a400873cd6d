import { readFile, unlink, writeFile } from 'node:fs/promises';
import type { InsertOutcome, Segment } from '../store/store.ts';
import { type Frame, frames } from './frames.ts';
import { framingOf, PART_SUFFIX, type SealedSegment } from './segments.ts';

interface Options {
  /** Why the whole was refused. */
  reason: string;
  insert: (part: Segment) => Promise<InsertOutcome>;
  /** Called for each record that is refused alone. */
  setAside: (name: string, record: Uint8Array, reason: string) => Promise<void>;
}

/**
 * Stores what can be stored of a segment that the engine refuses as a whole: halves it until each
 * refused part is one record. The parts' ids follow from their places, so a crash in between repeats
 * the same parts, which the engine knows.
 */
export async function storeRefused(segment: SealedSegment, options: Options): Promise<void> {
  const bytes = await readFile(segment.path);
  const records = [...frames(bytes, framingOf(segment.signal))];
  const name = (index: number): string => `${segment.signal}-${segment.id}-${index}`;

  async function store(from: number, to: number): Promise<void> {
    const slice = bytes.subarray(records[from]!.from, records[to - 1]!.to);
    const part = {
      signal: segment.signal,
      id: `${segment.id}-${from}-${to}`,
      path: `${segment.path}.${from}-${to}${PART_SUFFIX}`,
    };
    await writeFile(part.path, slice);
    const outcome = await options.insert(part);
    await unlink(part.path);
    if (outcome.status === 'stored') return;
    if (to - from === 1) {
      await options.setAside(name(from), body(bytes, records[from]!), outcome.reason);
    } else {
      await halve(from, to);
    }
  }

  async function halve(from: number, to: number): Promise<void> {
    const middle = (from + to) >>> 1;
    await store(from, middle);
    await store(middle, to);
  }

  if (records.length > 1) await halve(0, records.length);
  const [only] = records;
  if (only !== undefined && records.length === 1) {
    await options.setAside(name(0), body(bytes, only), options.reason);
  }
  const readTo = records.at(-1)?.to ?? 0;
  if (readTo < bytes.length) {
    const reason = 'cannot read the end of the segment: the record frame is broken';
    await options.setAside(name(records.length), bytes.subarray(readTo), reason);
  }
}

const body = (bytes: Uint8Array, record: Frame): Uint8Array =>
  bytes.subarray(record.bodyFrom, record.bodyTo);
