import type { TraceResponse } from '@hopline/model/api';

/** Exporters send in batches: the last spans of a trace come some seconds after the first. */
const YOUNG_MS = 10_000;

/** What to say of a trace that ended so shortly before `askedMs` (Unix) that parts may be on their way; else ''. */
export function stillArriving(spans: TraceResponse['spans'], askedMs: number): string {
  const lastNs = spans.reduce((last, { start, duration }) => {
    const end = BigInt(start) + BigInt(duration);
    return end > last ? end : last;
  }, 0n);
  const ageMs = askedMs - Number(lastNs / 1_000_000n);
  if (spans.length === 0 || ageMs > YOUNG_MS) return '';
  return 'this happened just now: more of it may come within seconds, ask again';
}
