import { type ReactNode, useCallback, useMemo } from 'react';
import { useClusterEvents } from '../api/cluster.ts';
import { rangeQuery, type TimeRange } from '../api/time-range.ts';
import { EventLane } from '../ui/event-lane.tsx';
import { distinctMarkers, type Marker } from '../ui/event-words.ts';
import { TimeCursorScope } from '../ui/time-cursor.tsx';
import { msOf } from '../ui/unix-ms.ts';

const NO_EVENTS: Parameters<typeof distinctMarkers>[0] = [];

/** Graphs of a stream or consumer below what happened to it: one point in time for all, a marked part is the range. */
export function History(props: {
  of: { stream: string; consumer?: string };
  range: TimeRange;
  onRange: (range: TimeRange) => void;
  /** The graphs, with the events that are drawn across each. */
  children: (markers: readonly Marker[]) => ReactNode;
}): ReactNode {
  const { range, onRange } = props;
  const events = useClusterEvents(range, props.of).data;
  const told = events?.events ?? NO_EVENTS;
  const markers = useMemo(() => distinctMarkers(told), [told]);
  const choose = useCallback(
    (fromMs: number, toMs: number) => onRange({ kind: 'between', fromMs, toMs }),
    [onRange],
  );
  const { from, to } = rangeQuery(range, Date.now());
  return (
    <TimeCursorScope fromMs={msOf(from)} toMs={to ? msOf(to) : Date.now()} onRange={choose}>
      <EventLane timeline={events?.timeline ?? undefined} events={markers} />
      {props.children(markers)}
    </TimeCursorScope>
  );
}
