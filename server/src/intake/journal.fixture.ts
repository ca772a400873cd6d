import { join } from 'node:path';
import { request, span } from '../otlp/requests.fixture.ts';
import { Journal, type JournalOptions } from './journal.ts';
import type { IntakeObserver } from './observer.ts';
import type { SealedSegment } from './segments.ts';

/** A journal under `folder` with small segments unless told otherwise. */
export function openJournal(
  folder: string,
  options: Partial<JournalOptions> = {},
): Promise<Journal> {
  return Journal.open({
    folder: join(folder, 'journal'),
    segmentSpans: 1000,
    segmentBytes: 1_000_000,
    segmentAgeMs: 60_000,
    maxBytes: 10_000_000,
    fsync: 'never',
    onTrouble: () => {},
    ...options,
  });
}

/** The sealed segments that wait now. */
export async function takeAll(journal: Journal): Promise<SealedSegment[]> {
  const taken: SealedSegment[] = [];
  while (taken.length < journal.stats.sealedSegments) {
    const segment = await journal.take(AbortSignal.timeout(1000));
    if (segment === null) break;
    taken.push(segment);
  }
  return taken;
}

/** An export request of `count` spans. */
export const spansRequest = (count: number): Uint8Array =>
  request(
    'traces',
    Array.from({ length: count }, () => span()),
  );

/** Keeps what it is told, by name. */
export function recordingObserver(): { observer: IntakeObserver; told: unknown[][] } {
  const told: unknown[][] = [];
  const tell =
    (name: string) =>
    (...values: unknown[]): void => {
      told.push([name, ...values]);
    };
  const observer: IntakeObserver = {
    accepted: tell('accepted'),
    rejected: tell('rejected'),
    refused: tell('refused'),
    stored: tell('stored'),
    setAside: tell('setAside'),
    trouble: tell('trouble'),
  };
  return { observer, told };
}
