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
import { parseSort, sortText } from '../ui/sort-rows.ts';
import { TimeText } from '../ui/time-text.tsx';
import { TonedWord } from '../ui/toned-word.tsx';
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
        [event.time, event.kind, event.server, event.cid, event.consumer].join(' ')
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
    width: '190px',
    cell: ({ kind }) => <TonedWord tone={eventTone(kind)}>{eventWords(kind)}</TonedWord>,
    sortValue: ({ kind }) => kind,
  },
  {
    key: 'what',
    heading: 'What',
    width: '260px',
    cell: ({ stream, consumer, connection }) =>
      [stream && (consumer ? `${stream} / ${consumer}` : stream), connection]
        .filter(Boolean)
        .join(' · ') || '–',
    sortValue: ({ stream, consumer, connection }) => `${stream} ${consumer} ${connection}`,
  },
  {
    key: 'server',
    heading: 'Server',
    width: '110px',
    cell: ({ server }) => server || '–',
    sortValue: ({ server }) => server,
  },
  {
    key: 'account',
    heading: 'Account',
    width: '110px',
    cell: ({ account }) => account || '–',
    sortValue: ({ account }) => account,
  },
  {
    key: 'reason',
    heading: 'Reason',
    width: '260px',
    cell: ({ reason }) => <span title={reason}>{reason || '–'}</span>,
    sortValue: ({ reason }) => reason,
  },
];
