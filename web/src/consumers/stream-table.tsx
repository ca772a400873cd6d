import type { ResponseOf, StreamView } from '@hopline/model/api';
import { IconDatabaseOff } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import type { useStreams } from '../api/cluster.ts';
import { Answered } from '../ui/answered.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { MiddleText } from '../ui/middle-text.tsx';
import { numberColumn } from '../ui/number-column.tsx';
import { bytesLabel, countLabel, rateLabel, ratioLabel } from '../ui/number-text.ts';
import { parseSort, sortText } from '../ui/sort-rows.ts';
import { TonedWord } from '../ui/toned-word.tsx';
import styles from './consumers.module.css';
import { fullness, replicaWords } from './stream-health.ts';
import { UnknownAssets } from './unknown-assets.tsx';
import type { ChangeSearch, ConsumersSearch } from './url.ts';

/** Every stream in a row, the busiest on top. */
export function StreamTable(props: {
  streams: ReturnType<typeof useStreams>;
  search: ConsumersSearch;
  onChange: ChangeSearch;
}): ReactNode {
  const { streams, search, onChange } = props;
  const navigate = useNavigate();
  const find = search.find?.toLowerCase() ?? '';
  const rows = useMemo(
    () =>
      (streams.data?.streams ?? []).filter(({ stream, account, subjects }) =>
        `${stream} ${account} ${subjects.join(' ')}`.toLowerCase().includes(find),
      ),
    [streams.data, find],
  );
  return (
    <Answered what="streams" answer={streams} rows={16}>
      {(answer) =>
        rows.length === 0 ? (
          <Nothing answer={answer} />
        ) : (
          <DataTable
            label="Streams"
            columns={COLUMNS}
            rows={rows}
            rowKey={({ account, domain, stream }) => `${account} ${domain} ${stream}`}
            sort={parseSort(search.sort ?? '-ingest')}
            onSort={(sort) => onChange({ sort: sortText(sort) })}
            onSelect={({ stream, account }) =>
              void navigate({
                to: '/streams/$stream',
                params: { stream },
                search: { account: account || undefined },
              })
            }
          />
        )
      }
    </Answered>
  );
}

function Nothing({ answer }: { answer: ResponseOf<'streams'> }): ReactNode {
  if (answer.total === 0 && answer.unknown.length > 0) {
    return <UnknownAssets unknown={answer.unknown} />;
  }
  return (
    <EmptyState icon={IconDatabaseOff} title="No stream is listed">
      <p>Either nothing matches what is searched for, or no server with JetStream is monitored.</p>
    </EmptyState>
  );
}

const COLUMNS: readonly Column<StreamView>[] = [
  {
    key: 'stream',
    heading: 'Stream',
    width: '190px',
    cell: ({ stream, account }) => (
      <Link
        to="/streams/$stream"
        params={{ stream }}
        search={{ account: account || undefined }}
        title={account ? `account ${account}` : undefined}
        className={styles.nameLink}
      >
        <MiddleText text={stream} />
      </Link>
    ),
    sortValue: ({ stream }) => stream,
  },
  {
    key: 'subjects',
    heading: 'Subjects',
    width: '150px',
    cell: ({ subjects, origins }) => (
      <span title={subjects.join(', ')}>
        {subjects.join(', ') ||
          origins.map(({ kind, name }) => `${kind} of ${name}`).join(', ') ||
          '–'}
      </span>
    ),
    sortValue: ({ subjects }) => subjects.join(' '),
  },
  numberColumn('ingest', 'Stored', {
    of: ({ ingestPerSecond }) => ingestPerSecond,
    text: rateLabel,
  }),
  numberColumn('messages', 'Messages', { of: ({ messages }) => messages, text: countLabel }),
  numberColumn('bytes', 'Size', { of: ({ bytes }) => bytes, text: bytesLabel }),
  numberColumn('full', 'Full', {
    of: fullness,
    text: ratioLabel,
    hint: 'Of its limit in bytes or messages, whichever is nearer',
  }),
  numberColumn('consumers', 'Consumers', {
    of: ({ consumerCount }) => consumerCount,
    text: countLabel,
  }),
  {
    key: 'leader',
    heading: 'Leader',
    width: '100px',
    cell: ({ leader }) => leader || '–',
    sortValue: ({ leader }) => leader,
  },
  {
    key: 'replicas',
    heading: 'Replicas',
    width: '210px',
    cell: (row) => {
      const { tone, words } = replicaWords(row);
      return (
        <TonedWord tone={tone} title={words}>
          {words}
        </TonedWord>
      );
    },
    sortValue: ({ replicas }) => Math.max(0, ...replicas.map(({ lag }) => lag)),
  },
];
