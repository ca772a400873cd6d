import type { PublishOutcome } from '@hopline/client/publish';

/** For a handler whose work is done only when a stream has its result: throws, so the message comes again. */
export function stored(outcome: PublishOutcome): void {
  if (outcome.outcome === 'acknowledged') return;
  const cause = outcome.outcome === 'dropped' ? outcome.reason : outcome.error.message;
  throw new Error(`cannot store: ${outcome.outcome}, ${cause}`);
}
