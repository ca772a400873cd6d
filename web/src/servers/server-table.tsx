import type { UnknownPart } from '@hopline/model/api';
import { IconServerOff } from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import type { useServers } from '../api/cluster.ts';
import { Answered } from '../ui/answered.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { MiddleText } from '../ui/middle-text.tsx';
import { numberColumn } from '../ui/number-column.tsx';
import { bytesLabel, countLabel, rateLabel } from '../ui/number-text.ts';
import { parseSort, sortText } from '../ui/sort-rows.ts';
import { TimeText } from '../ui/time-text.tsx';
import { TonedWord } from '../ui/toned-word.tsx';
import { UnknownReasons } from '../ui/unknown-parts.tsx';
import { lookOf } from './server-look.ts';
import { ServerPanel } from './server-panel.tsx';
import { serverTree, type TreeRow } from './server-tree.ts';
import styles from './servers.module.css';
import type { ChangeSearch, ServersSearch } from './url.ts';

/** The tree of clusters and leafs as a table; details of one beside it. */
export function ServerTable(props: {
  servers: ReturnType<typeof useServers>;
  search: ServersSearch;
  onChange: ChangeSearch;
}): ReactNode {
  const { servers, search, onChange } = props;
  const find = search.find?.toLowerCase() ?? '';
  const rows = useMemo(() => {
    const all = servers.data?.servers ?? [];
    const found = all.filter(({ name, cluster, version, url }) =>
      `${name} ${cluster} ${version} ${url}`.toLowerCase().includes(find),
    );
    const tree = serverTree(found);
    // A sorted list has no groups: its order is another one.
    return search.sort ? tree.filter((row) => row.kind === 'server') : tree;
  }, [servers.data, find, search.sort]);
  return (
    <Answered what="servers" answer={servers} rows={12}>
      {({ servers: all, unknown, time }) => {
        if (all.length === 0) return <NoServers unknown={unknown} isSwept={time !== null} />;
        const selected = all.find(({ name }) => name === search.server);
        return (
          <div className={styles.split}>
            <DataTable
              label="NATS servers"
              columns={COLUMNS}
              rows={rows}
              rowKey={({ key }) => key}
              rowLook={(row) => ({
                isGroup: row.kind === 'group',
                isShort: row.kind === 'group' || row.server.figures === null,
              })}
              sort={parseSort(search.sort)}
              onSort={(sort) => onChange({ sort: sortText(sort) })}
              selectedKey={selected ? selected.id || selected.name : undefined}
              onSelect={(row) => row.kind === 'server' && onChange({ server: row.server.name })}
            />
            {selected && <ServerPanel server={selected} onChange={onChange} />}
          </div>
        );
      }}
    </Answered>
  );
}

function NoServers(props: { isSwept: boolean; unknown: readonly UnknownPart[] }): ReactNode {
  return (
    <EmptyState
      icon={IconServerOff}
      title={props.isSwept ? 'No NATS server is known' : 'No server was asked yet'}
    >
      <UnknownReasons unknown={props.unknown} />
      <p>
        Tell Hopline where the monitoring ports are,{' '}
        <code>hopline up --monitor http://host:8222</code>, or connect it with a user of the system
        account: then it finds every server by itself.
      </p>
    </EmptyState>
  );
}

type FigureLook = Omit<Parameters<typeof numberColumn<TreeRow>>[2], 'of'>;
type Figures = NonNullable<Extract<TreeRow, { kind: 'server' }>['server']['figures']>;

const figure = (
  key: string,
  heading: string,
  { of, ...rest }: { of: (figures: Figures) => number | null } & FigureLook,
): Column<TreeRow> =>
  numberColumn(key, heading, {
    ...rest,
    of: (row) => (row.kind === 'server' && row.server.figures ? of(row.server.figures) : null),
  });

const COLUMNS: readonly Column<TreeRow>[] = [
  {
    key: 'name',
    heading: 'Server',
    width: '190px',
    isOpener: true,
    cell: (row) =>
      row.kind === 'group' ? (
        row.label
      ) : (
        <span className={styles.member}>
          <MiddleText text={row.server.name} />
        </span>
      ),
    sortValue: (row) => (row.kind === 'server' ? row.server.name : null),
  },
  {
    key: 'state',
    heading: 'State',
    width: '124px',
    cell: (row) => {
      if (row.kind === 'group') return <span className={styles.detail}>{row.detail}</span>;
      const { label, tone, why } = lookOf(row.server);
      const word = (
        <TonedWord tone={tone} title={why}>
          {label}
        </TonedWord>
      );
      if (row.server.figures !== null) return word;
      return (
        <span className={styles.unknown} title={why}>
          {word}
          <span>
            {why}
            {row.server.lastSuccess && (
              <>
                {'; last answer '}
                <TimeText ns={row.server.lastSuccess} withDate />
              </>
            )}
          </span>
        </span>
      );
    },
    sortValue: (row) => (row.kind === 'server' ? lookOf(row.server).tone : null),
  },
  {
    key: 'version',
    heading: 'Version',
    width: '96px',
    cell: (row) => {
      if (row.kind === 'group') return null;
      if (!row.isOddVersion) return row.server.version || '–';
      return (
        <TonedWord tone="warn" title="Most servers have another version">
          {row.server.version}
        </TonedWord>
      );
    },
    sortValue: (row) => (row.kind === 'server' ? row.server.version : null),
  },
  figure('cpu', 'CPU', {
    of: ({ cpuPercent }) => cpuPercent,
    text: (value) => `${Math.round(value)}%`,
    width: '64px',
    hint: '100% is one core',
  }),
  figure('memory', 'Memory', { of: ({ memoryBytes }) => memoryBytes, text: bytesLabel }),
  figure('connections', 'Connections', {
    of: ({ connections }) => connections,
    text: countLabel,
    width: '92px',
  }),
  figure('subscriptions', 'Subs', {
    of: ({ subscriptions }) => subscriptions,
    text: countLabel,
    width: '68px',
  }),
  figure('in', 'In', { of: ({ inMsgsPerSecond }) => inMsgsPerSecond, text: rateLabel }),
  figure('out', 'Out', { of: ({ outMsgsPerSecond }) => outMsgsPerSecond, text: rateLabel }),
  figure('slow', 'Slow', {
    of: ({ slowConsumers }) => slowConsumers,
    text: countLabel,
    width: '60px',
    hint: 'Slow consumers since the server started',
  }),
  {
    key: 'storage',
    heading: 'JetStream',
    width: '96px',
    isNumber: true,
    hint: 'Bytes on disk',
    cell: (row) => {
      if (row.kind === 'group') return null;
      return row.server.jetstream ? (
        bytesLabel(row.server.jetstream.storageBytes)
      ) : (
        <span className="quiet">–</span>
      );
    },
    sortValue: (row) =>
      row.kind === 'server' ? (row.server.jetstream?.storageBytes ?? null) : null,
  },
  {
    key: 'raft',
    heading: 'RAFT',
    width: '104px',
    hint: 'Part in the meta group of JetStream',
    cell: (row) => (row.kind === 'server' ? <RaftWord row={row} /> : null),
  },
];

function RaftWord({ row }: { row: Extract<TreeRow, { kind: 'server' }> }): ReactNode {
  const { jetstream, raft } = row.server;
  const [meta] = raft;
  if (meta?.error || meta?.isCatchingUp) {
    return (
      <TonedWord tone="warn" title={meta.error || 'It catches up with the leader'}>
        {meta.error ? 'Log error' : 'Behind'}
      </TonedWord>
    );
  }
  if (!jetstream) return <span className="quiet">–</span>;
  return jetstream.isMetaLeader ? 'leader' : (meta?.state.toLowerCase() ?? 'member');
}
