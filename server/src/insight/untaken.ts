import { subjectMatches } from '@hopline/model';
import type { StreamProgressRow, UnhandledRow } from '../store/store.ts';

/** What became of stored messages that nobody was seen to take. What cannot be told is in neither. */
export interface Untaken {
  /** They left their stream, and every ack floor still stood before them. */
  expired: number;
  /** An ack floor passed them while they were stored: by a consumer that sends no spans. */
  acked: number;
}

/** Messages of one flow and step of time: how many, and their first and last sequence. */
interface Stored {
  count: bigint;
  first: bigint;
  last: bigint;
}

/** Of one flow, from the progress of all streams. A stream's name must stand for one stream only. */
export function untaken(row: UnhandledRow, progress: readonly StreamProgressRow[]): Untaken {
  const told = { expired: 0, acked: 0 };
  const own = progress.filter(({ stream }) => stream === row.stream);
  const [stream, ...twins] = own.filter(({ consumer }) => consumer === '');
  if (!stream || twins.length > 0) return told;
  const consumers = own.filter(({ consumer }) => consumer !== '');
  const ackers = {
    possible: consumers.filter((one) => mayWant(one, row.subject_pattern)),
    sure: consumers.filter((one) => wants(one, row.subject_pattern)),
  };
  for (const [count, first, last] of row.stored) {
    const stored = { count: BigInt(count), first: BigInt(first), last: BigInt(last) };
    const { gone, kept } = split(stored, newest(stream));
    for (const part of [kept, gone]) {
      if (isAcked(part, stream, ackers.sure)) told.acked += Number(part.count);
      else if (isExpired(part, stream, ackers.possible)) told.expired += Number(part.count);
    }
  }
  return told;
}

/** Where the stream begins among them, as many are gone as do not fit in behind that. */
function split({ count, first, last }: Stored, begin: bigint): { gone: Stored; kept: Stored } {
  const room = last < begin ? 0n : last - begin + 1n;
  const gone = first < begin && count > room ? count - room : 0n;
  return {
    gone: { count: gone, first, last: last < begin ? last : begin - 1n },
    // Those of which it is not sure that they are gone are not told of.
    kept: { count: first < begin ? 0n : count, first, last },
  };
}

function isExpired(
  { first, last }: Stored,
  stream: StreamProgressRow,
  consumers: readonly StreamProgressRow[],
): boolean {
  const leftAt = stepPast(stream, last + 1n);
  if (leftAt === undefined) return false;
  return consumers.every(
    (one) => isNewerThan(one, leftAt) || (standsFrom(one, leftAt) ?? newest(one)) < first,
  );
}

function isAcked(
  { first, last }: Stored,
  stream: StreamProgressRow,
  consumers: readonly StreamProgressRow[],
): boolean {
  // Acks alone take messages out of these: a floor that has passed one that is gone says enough.
  const isAckedAway = stream.retention === 'workqueue' || stream.retention === 'interest';
  return consumers.some((one) => {
    const passedAt = stepPast(one, last);
    if (passedAt === undefined) return false;
    const begin = standsFrom(stream, passedAt);
    return isAckedAway || (begin !== undefined && begin <= first);
  });
}

/** The first step at whose end it had come to a sequence. */
const stepPast = ({ steps, sequences }: StreamProgressRow, sequence: bigint): number | undefined =>
  steps[sequences.findIndex((one) => BigInt(one) >= sequence)];

/**
 * Where it stood in its first report from a step on, never in one before: reports of one sweep may lie on both
 * sides of a border between steps. Undefined after its last report.
 */
function standsFrom({ steps, sequences }: StreamProgressRow, step: number): bigint | undefined {
  const text = sequences[steps.findIndex((one) => one >= step)];
  return text === undefined ? undefined : BigInt(text);
}

const newest = ({ sequences }: StreamProgressRow): bigint => BigInt(sequences.at(-1) ?? '0');

/** Made after a step: what its floor passed by then, it was never given. */
const isNewerThan = ({ steps }: StreamProgressRow, step: number): boolean =>
  (steps[0] ?? 0) > step + 1;

const wants = ({ subjects }: StreamProgressRow, pattern: string): boolean =>
  subjects.length === 0 || subjects.some((filter) => subjectMatches(filter, pattern));

const mayWant = ({ subjects }: StreamProgressRow, pattern: string): boolean =>
  subjects.length === 0 || subjects.some((filter) => overlap(filter, pattern));

/** Whether a subject can be of both. A pattern's tokens that vary are `*` or `{name}`. */
function overlap(filter: string, pattern: string): boolean {
  const [wanted, given] = [filter.split('.'), pattern.split('.')];
  for (const [index, token] of wanted.entries()) {
    const at = given[index];
    if (at === undefined) return false;
    if (token === '>' || at === '>') return true;
    if (token !== at && token !== '*' && !/^(\*|\{.*\})$/.test(at)) return false;
  }
  return wanted.length === given.length;
}
