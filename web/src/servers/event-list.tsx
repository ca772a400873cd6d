import type { ClusterEvent, EventTimeline } from '@hopline/model/api';
import { Button } from '@mantine/core';
import { IconCalendarOff } from '@tabler/icons-react';
import { type ReactNode, useCallback, useMemo } from 'react';
import { EVENT_LIMIT, useClusterEvents } from '../api/cluster.ts';
import { rangeQuery, type TimeRange } from '../api/time-range.ts';
import { Answered } from '../ui/answered.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { EventLane } from '../ui/event-lane.tsx';
import { distinctMarkers, eventTone, eventWords } from '../ui/event-words.ts';
import { MiddleText } from '../ui/middle-text.tsx';
import { parseSort, sortText } from '../ui/sort-rows.ts';
import { TimeCursorScope } from '../ui/time-cursor.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { TonedWord } from '../ui/toned-word.tsx';
import { msOf } from '../ui/unix-ms.ts';
import { EventMessage, EventSubject } from './event-cells.tsx';
import { kindsText, parseKinds, timelineOf } from './event-kinds.ts';
import { KindFilter } from './kind-filter.tsx';
import styles from './servers.module.css';
import type { ChangeSearch, ServersSearch } from './url.ts';

const NOTHING: EventTimeline = { step: '1', counts: [] };

/** What happened in the cluster: as a picture over time, and newest first. Connections, servers, advisories. */
export function EventList(props: {
  range: TimeRange;
  onRange: (range: TimeRange) => void;
  search: ServersSearch;
  onChange: ChangeSearch;
}): ReactNode {
  const { range, search, onChange } = props;
  const kinds = useMemo(() => parseKinds(search.kinds), [search.kinds]);
  const events = useClusterEvents(range, {
    ...(search.server ? { server: search.server } : {}),
    ...(search.kinds ? { kind: search.kinds } : {}),
  });
  const find = search.find?.toLowerCase() ?? '';
  const rows = useMemo(
    () =>
      (events.data?.events ?? []).filter((event) =>
        Object.values(event).join(' ').toLowerCase().includes(find),
      ),
    [events.data, find],
  );
  const timeline = events.data?.timeline ?? NOTHING;
  const isCut = (events.data?.events.length ?? 0) >= EVENT_LIMIT;
  return (
    <Answered what="events" answer={events} rows={16}>
      {() => (
        <>
          <div className={styles.bar}>
            {search.server && (
              <Button
                size="compact-xs"
                variant="light"
                onClick={() => onChange({ server: undefined })}
              >
                only {search.server} ✕
              </Button>
            )}
            <KindFilter
              timeline={timeline}
              chosen={kinds}
              onChange={(chosen) => onChange({ kinds: kindsText(chosen) })}
            />
            <span className={`quiet ${styles.listed ?? ''}`}>
              {rows.length} {rows.length === 1 ? 'event' : 'events'}
              {isCut && ': the newest of this range, which has more'}
            </span>
          </div>
          <Body {...props} rows={rows} timeline={timelineOf(timeline, kinds)} />
        </>
      )}
    </Answered>
  );
}

function Body(props: {
  rows: readonly ClusterEvent[];
  timeline: EventTimeline;
  range: TimeRange;
  onRange: (range: TimeRange) => void;
  search: ServersSearch;
  onChange: ChangeSearch;
}): ReactNode {
  const { rows, timeline, range, onRange, search, onChange } = props;
  const markers = useMemo(() => distinctMarkers(rows), [rows]);
  const choose = useCallback(
    (fromMs: number, toMs: number) => onRange({ kind: 'between', fromMs, toMs }),
    [onRange],
  );
  if (rows.length === 0) {
    return (
      <EmptyState icon={IconCalendarOff} title="Nothing happened in this time range">
        <p>
          Connects, disconnects and shutdowns come over the system account; JetStream advisories
          over each account that Hopline is connected to. Or nothing matches what is searched for
          and the kinds that are chosen; or choose a longer range.
        </p>
      </EmptyState>
    );
  }
  const { from, to } = rangeQuery(range, Date.now());
  return (
    <>
      {/* Counted by the server, which does not know what is searched for here. */}
      {!search.find && (
        <div className={styles.strip}>
          <TimeCursorScope fromMs={msOf(from)} toMs={to ? msOf(to) : Date.now()} onRange={choose}>
            <EventLane timeline={timeline} events={markers} />
          </TimeCursorScope>
        </div>
      )}
      <DataTable
        label="Events"
        columns={COLUMNS}
        rows={rows}
        rowKey={({ time, kind, server, cid, consumer, streamSequence }) =>
          [time, kind, server, cid, consumer, streamSequence].join(' ')
        }
        sort={parseSort(search.sort)}
        onSort={(sort) => onChange({ sort: sortText(sort) })}
      />
    </>
  );
}

const COLUMNS: readonly Column<ClusterEvent>[] = [
  {
    key: 'time',
    heading: 'Time',
    width: '120px',
    cell: ({ time }) => <TimeText ns={time} />,
    sortValue: ({ time }) => Number(BigInt(time) / 1000n),
  },
  {
    key: 'kind',
    heading: 'Event',
    width: '150px',
    cell: ({ kind }) => <TonedWord tone={eventTone(kind)}>{eventWords(kind)}</TonedWord>,
    sortValue: ({ kind }) => kind,
  },
  {
    key: 'what',
    heading: 'What',
    width: '330px',
    cell: (event) => <EventSubject event={event} />,
    sortValue: ({ stream, consumer, connection }) => `${stream} ${consumer} ${connection}`,
  },
  {
    key: 'message',
    heading: 'Message',
    hint: 'Sequence in the stream, and how often it was delivered until then',
    width: '120px',
    cell: (event) => <EventMessage event={event} />,
    sortValue: ({ streamSequence }) => (streamSequence === null ? null : Number(streamSequence)),
  },
  {
    key: 'where',
    heading: 'Where',
    hint: 'Server and account, as far as the event says',
    width: '150px',
    cell: ({ server, account }) =>
      server || account ? (
        <MiddleText text={[server, account].filter(Boolean).join(' · ')} />
      ) : (
        <span className="quiet">–</span>
      ),
    sortValue: ({ server, account }) => `${server} ${account}`,
  },
  {
    key: 'reason',
    heading: 'Reason',
    width: '210px',
    cell: ({ reason }) =>
      reason ? <span title={reason}>{reason}</span> : <span className="quiet">–</span>,
    sortValue: ({ reason }) => reason,
  },
];
