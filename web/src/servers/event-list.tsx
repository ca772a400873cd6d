import type { ClusterEvent } from '@hopline/model/api';
import { IconCalendarOff } from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import { useClusterEvents } from '../api/cluster.ts';
import type { TimeRange } from '../api/time-range.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { eventTone, eventWords } from '../ui/event-words.ts';
import { LoadingRows } from '../ui/loading-rows.tsx';
import { MiddleText } from '../ui/middle-text.tsx';
import { parseSort, sortText } from '../ui/sort-rows.ts';
import { TimeText } from '../ui/time-text.tsx';
import { TonedWord } from '../ui/toned-word.tsx';
import { EventMessage, EventSubject } from './event-cells.tsx';
import type { ChangeSearch, ServersSearch } from './url.ts';

/** What happened in the cluster, newest first: connections, servers, advisories. */
export function EventList(props: {
  range: TimeRange;
  search: ServersSearch;
  onChange: ChangeSearch;
}): ReactNode {
  const { range, search, onChange } = props;
  const events = useClusterEvents(range, search.server ? { server: search.server } : {});
  const find = search.find?.toLowerCase() ?? '';
  const rows = useMemo(
    () =>
      (events.data?.events ?? []).filter((event) =>
        Object.values(event).join(' ').toLowerCase().includes(find),
      ),
    [events.data, find],
  );
  if (events.isPending) return <LoadingRows rows={16} label="Events are being loaded" />;
  if (events.isError && !events.data) {
    return (
      <ErrorState
        title="The events could not be loaded"
        error={events.error}
        onRetry={() => void events.refetch()}
      />
    );
  }
  if (rows.length === 0) {
    return (
      <EmptyState icon={IconCalendarOff} title="Nothing happened in this time range">
        <p>
          Connects, disconnects and shutdowns come over the system account; JetStream advisories
          over each account that Hopline is connected to. Or choose a longer range.
        </p>
      </EmptyState>
    );
  }
  return (
    <DataTable
      label="Events"
      columns={COLUMNS}
      rows={rows}
      rowKey={(event) =>
        [
          event.time,
          event.kind,
          event.server,
          event.cid,
          event.consumer,
          event.streamSequence,
        ].join(' ')
      }
      sort={parseSort(search.sort)}
      onSort={(sort) => onChange({ sort: sortText(sort) })}
    />
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
