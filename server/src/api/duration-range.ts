import { MAX_TIME } from './api-context.ts';
import { BadRequest } from './errors.ts';

/** From `minNs` to below `maxNs`. */
export interface DurationRange {
  minNs: bigint;
  maxNs: bigint;
}

/** The bounds that a question gives in ns; what it leaves open is open. Throws BadRequest. */
export const durationRange = ({
  min = '0',
  max = String(MAX_TIME),
}: {
  min?: string | undefined;
  max?: string | undefined;
}): DurationRange => ({ minNs: durationOf('min', min), maxNs: durationOf('max', max) });

function durationOf(field: string, text: string): bigint {
  const duration = BigInt(text);
  if (duration >= 0n && duration <= MAX_TIME) return duration;
  throw new BadRequest(`cannot read request: ${field} is "${text}": no duration in ns`);
}
