import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useCallback, useMemo } from 'react';
import { useLiveState } from '../api/live.tsx';
import type { TimeRange } from '../api/time-range.ts';
import { TimeRangePicker } from '../ui/time-range-picker.tsx';
import { rangeOfSearch, searchOfRange } from './search.ts';

/** The time range that the address holds, the same object until it changes. */
export function useRange(): TimeRange {
  const { range, from, to } = useSearch({ strict: false });
  return useMemo(
    () =>
      rangeOfSearch({
        ...(range === undefined ? {} : { range }),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      }),
    [range, from, to],
  );
}

/** Puts a range into the address; a step that Back undoes. */
export function useSetRange(): (range: TimeRange) => void {
  const navigate = useNavigate();
  return useCallback(
    (range) => void navigate({ to: '.', search: (old) => ({ ...old, ...searchOfRange(range) }) }),
    [navigate],
  );
}

/** The picker, bound to the address. */
export function RangePicker(): ReactNode {
  const range = useRange();
  const live = useLiveState();
  const navigate = useNavigate();
  const setRange = useSetRange();
  return (
    <TimeRangePicker
      range={range}
      live={live}
      onRange={setRange}
      onLive={(isOn) =>
        void navigate({
          to: '.',
          search: (old) => ({ ...old, live: isOn ? undefined : ('off' as const) }),
          replace: true,
        })
      }
    />
  );
}
