import { formatRfc3339, unixMs, unixNs } from '@hopline/model';
import type { ReactNode } from 'react';

/** A point in time in the reader's zone, to the millisecond; UTC to the nanosecond on hover. */
export function TimeText({ ns, withDate = false }: { ns: string; withDate?: boolean }): ReactNode {
  const at = unixNs(ns);
  const utc = formatRfc3339(at);
  return (
    <time dateTime={utc} title={utc}>
      {timeLabel(ns, withDate)}
    </time>
  );
}

/** `14:05:06.789`, or `2026-11-22 14:05:06.789` in the reader's zone. */
export function timeLabel(ns: string, withDate: boolean): string {
  const date = new Date(unixMs(unixNs(ns)));
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const time = `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  if (!withDate) return time;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}
