import { elapsed, formatDuration, unixNs } from '@hopline/model';
import type { ReactNode } from 'react';

/** `+1.24 ms`: how long after `from` something was. The two may be marks of different clocks. */
export function OffsetText({ from, to }: { from: string; to: string }): ReactNode {
  const offset = elapsed(unixNs(from), unixNs(to));
  const text = `${offset >= 0n ? '+' : ''}${formatDuration(offset)}`;
  return (
    <span
      title={
        offset < 0n
          ? 'Before the publish call: the clocks of the two machines differ by at least this much.'
          : 'Time after the publish call, each by its own clock'
      }
    >
      {text}
      {offset < 0n && <span className="quiet"> (clock skew)</span>}
    </span>
  );
}
