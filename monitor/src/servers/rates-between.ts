import type { ConnectionView, ServerFigures } from '@hopline/model/api';

/** `now` with its rates since `before`; null where a counter fell: that is a new server. */
export function withRates(
  now: ServerFigures,
  before: ServerFigures,
  seconds: number,
): ServerFigures {
  const rate = (key: 'inMsgs' | 'outMsgs' | 'inBytes' | 'outBytes') =>
    perSecond(now[key] - before[key], seconds);
  return {
    ...now,
    inMsgsPerSecond: rate('inMsgs'),
    outMsgsPerSecond: rate('outMsgs'),
    inBytesPerSecond: rate('inBytes'),
    outBytesPerSecond: rate('outBytes'),
  };
}

/** The same of a connection. */
export function connectionWithRates(
  now: ConnectionView,
  before: ConnectionView | undefined,
  seconds: number,
): ConnectionView {
  if (!before) return now;
  return {
    ...now,
    inMsgsPerSecond: perSecond(now.inMsgs - before.inMsgs, seconds),
    outMsgsPerSecond: perSecond(now.outMsgs - before.outMsgs, seconds),
  };
}

const perSecond = (grown: number, seconds: number): number | null =>
  grown < 0 || seconds <= 0 ? null : grown / seconds;
