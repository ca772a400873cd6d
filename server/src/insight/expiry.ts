import { type AssetRow, formatRfc3339, unixNs } from '@hopline/model';
import type { ConsumerProgressRow } from '../store/store.ts';
import type { FateVerdict } from './fate.ts';

/** Two servers are asked one after the other: what they say is in order only from sweep to sweep. */
const SWEEP_APART_NS = 1_000_000_000n;

/** The message left the stream and the consumer's ack floor still stood before it. */
export function expiredFate(progress: ConsumerProgressRow | undefined): FateVerdict | undefined {
  if (!progress || progress.left_at === '0' || progress.behind_until === '0') return undefined;
  const after = BigInt(progress.behind_until) - BigInt(progress.left_at);
  // Of one answer the stream is read first: an ack in between cannot look like none.
  if (after !== 0n && after < SWEEP_APART_NS) return undefined;
  const left = formatRfc3339(unixNs(progress.left_at));
  return {
    fate: 'expired',
    evidence: `it had left ${progress.stream} by ${left}; the ack floor stood before it`,
  };
}

/** What an ack floor says that has passed a message which is no longer in the stream. */
export function goneFate(
  stream: AssetRow,
  floor: string,
  progress: ConsumerProgressRow | undefined,
): FateVerdict {
  const isAckedAway = stream.retention === 'workqueue' || stream.retention === 'interest';
  const { passed_at: passed = '0', stored_until: stored = '0' } = progress ?? {};
  const wasStored = passed !== '0' && BigInt(passed) <= BigInt(stored);
  if (isAckedAway || wasStored) {
    return { fate: 'processed', evidence: `the consumer's ack floor ${floor} has passed it` };
  }
  return {
    fate: 'unknown',
    evidence: `between two reports it left ${stream.stream} and the ack floor passed it`,
  };
}

/** Finds the row of one consumer and message; the stream's name must stand for one stream only. */
export function progressOf(
  rows: readonly ConsumerProgressRow[],
  at: { stream: string; consumer: string; sequence: string },
): ConsumerProgressRow | undefined {
  const found = rows.filter(
    (row) =>
      row.stream === at.stream && row.consumer === at.consumer && row.stream_seq === at.sequence,
  );
  return found.length === 1 ? found[0] : undefined;
}
