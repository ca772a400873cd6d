import type { ConnectionView } from '@hopline/model/api';
import { Button, SegmentedControl } from '@mantine/core';
import { IconPlugOff } from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import { useConnections } from '../api/cluster.ts';
import { Answered } from '../ui/answered.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { MiddleText } from '../ui/middle-text.tsx';
import { numberColumn } from '../ui/number-column.tsx';
import { bytesLabel, countLabel, rateLabel } from '../ui/number-text.ts';
import { parseSort, sortText } from '../ui/sort-rows.ts';
import { TimeText } from '../ui/time-text.tsx';
import { totalText, UnknownBanner, UnknownReasons } from '../ui/unknown-parts.tsx';
import styles from './servers.module.css';
import { SubjectList } from './subject-list.tsx';
import type { ChangeSearch, ServersSearch } from './url.ts';

/** As many as the API gives at once; the line above the table says when there are more. */
const LIMIT = 10_000;

/** Who is connected, with live rates; who was, and why not any more. */
export function ConnectionTable(props: {
  search: ServersSearch;
  onChange: ChangeSearch;
}): ReactNode {
  const { search, onChange } = props;
  const state = search.state ?? 'open';
  const connections = useConnections({
    state,
    sort: state === 'open' ? 'pending' : 'stopped',
    limit: LIMIT,
    ...(search.server ? { server: search.server } : {}),
  });
  const find = search.find?.toLowerCase() ?? '';
  const rows = useMemo(
    () =>
      (connections.data?.connections ?? []).filter(({ name, ip, account, user, subjects }) =>
        `${name} ${ip} ${account} ${user} ${subjects.join(' ')}`.toLowerCase().includes(find),
      ),
    [connections.data, find],
  );
  const total = connections.data?.total ?? 0;
  return (
    <>
      <div className={styles.bar}>
        <SegmentedControl
          size="xs"
          aria-label="Which connections"
          value={state}
          onChange={(next) =>
            onChange({
              state: next === 'closed' || next === 'slow' ? next : undefined,
              sort: undefined,
            })
          }
          data={[
            { value: 'open', label: 'Open' },
            { value: 'closed', label: 'Closed' },
            { value: 'slow', label: 'Slow consumers' },
          ]}
        />
        {search.server && (
          <Button size="compact-xs" variant="light" onClick={() => onChange({ server: undefined })}>
            only {search.server} ✕
          </Button>
        )}
        {connections.data && totalText(connections.data) !== '?' && (
          <span className="quiet">
            {rows.length.toLocaleString('en')} of {total.toLocaleString('en')}
            {total > LIMIT && '; choose a server to see all of them'}
          </span>
        )}
      </div>
      {rows.length > 0 && <UnknownBanner what="connections" unknown={connections.data?.unknown} />}
      <Body connections={connections} rows={rows} {...props} />
    </>
  );
}

function Body(props: {
  connections: ReturnType<typeof useConnections>;
  rows: readonly ConnectionView[];
  search: ServersSearch;
  onChange: ChangeSearch;
}): ReactNode {
  const { connections, rows, search, onChange } = props;
  return (
    <Answered what="connections" answer={connections} rows={16}>
      {({ unknown }) =>
        rows.length === 0 ? (
          <EmptyState
            icon={IconPlugOff}
            title={unknown.length > 0 ? 'Connections are unknown' : EMPTY[search.state ?? 'open']}
          >
            <p>
              {search.find || search.server
                ? 'Nothing matches what is searched for.'
                : 'Connections come from the monitoring endpoint /connz of each server.'}
            </p>
            <UnknownReasons unknown={unknown} />
          </EmptyState>
        ) : (
          <DataTable
            label="Connections"
            columns={search.state ? CLOSED : OPEN}
            rows={rows}
            rowKey={({ server, cid, stoppedAt }) => `${server} ${cid} ${stoppedAt}`}
            sort={parseSort(search.sort)}
            onSort={(sort) => onChange({ sort: sortText(sort) })}
          />
        )
      }
    </Answered>
  );
}

const EMPTY = {
  open: 'Nobody is connected',
  closed: 'No connection was closed',
  slow: 'No consumer was too slow',
};

const text = (
  key: string,
  heading: string,
  { of, width }: { of: (row: ConnectionView) => string; width: string },
): Column<ConnectionView> => ({
  key,
  heading,
  width,
  cell: (row) => <span title={of(row)}>{of(row) || '–'}</span>,
  sortValue: of,
});

const nameOf = ({ name, ip, port }: ConnectionView): string => name || `${ip}:${port}`;

const WHO: readonly Column<ConnectionView>[] = [
  {
    key: 'name',
    heading: 'Connection',
    width: '220px',
    cell: (row) => <MiddleText text={nameOf(row)} />,
    sortValue: nameOf,
  },
  {
    key: 'server',
    heading: 'Server',
    width: '110px',
    cell: ({ server }) => <MiddleText text={server} />,
    sortValue: ({ server }) => server,
  },
  text('account', 'Account', { of: ({ account, user }) => account || user, width: '100px' }),
  text('client', 'Client', {
    of: ({ language, version, type }) => [language || type, version].filter(Boolean).join(' '),
    width: '104px',
  }),
];
const SUBJECTS: Column<ConnectionView> = {
  key: 'subjects',
  heading: 'Subscribes to',
  width: '200px',
  cell: ({ subjects }) => <SubjectList subjects={subjects} />,
  sortValue: ({ subjects }) => subjects.join(', '),
};

const OPEN: readonly Column<ConnectionView>[] = [
  ...WHO,
  numberColumn('pending', 'Pending', { of: ({ pendingBytes }) => pendingBytes, text: bytesLabel }),
  numberColumn('in', 'In', { of: ({ inMsgsPerSecond }) => inMsgsPerSecond, text: rateLabel }),
  numberColumn('out', 'Out', { of: ({ outMsgsPerSecond }) => outMsgsPerSecond, text: rateLabel }),
  numberColumn('subs', 'Subs', {
    of: ({ subscriptions }) => subscriptions,
    text: countLabel,
    width: '60px',
  }),
  numberColumn('rtt', 'RTT', {
    of: ({ rttMs }) => rttMs,
    text: (ms) => `${ms.toFixed(1)} ms`,
    width: '76px',
  }),
  SUBJECTS,
];

const CLOSED: readonly Column<ConnectionView>[] = [
  {
    key: 'stopped',
    heading: 'Closed',
    width: '110px',
    cell: ({ stoppedAt }) => (stoppedAt ? <TimeText ns={stoppedAt} /> : '–'),
    sortValue: ({ stoppedAt }) => (stoppedAt ? Number(BigInt(stoppedAt) / 1_000_000n) : null),
  },
  ...WHO,
  text('reason', 'Reason', { of: ({ reason }) => reason, width: '200px' }),
  numberColumn('pending', 'Pending', { of: ({ pendingBytes }) => pendingBytes, text: bytesLabel }),
  numberColumn('outMsgs', 'Sent to it', { of: ({ outMsgs }) => outMsgs, text: countLabel }),
  SUBJECTS,
];
