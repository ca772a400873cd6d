import type { ConsumerView, ResponseOf } from '@hopline/model/api';
import { IconDatabaseOff, IconFilterOff } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useConsumerSpark, type useConsumers } from '../api/cluster.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { LoadingRows } from '../ui/loading-rows.tsx';
import { MiddleText } from '../ui/middle-text.tsx';
import { countLabel, rateLabel } from '../ui/number-text.ts';
import { secondsLabel } from '../ui/seconds-text.ts';
import { parseSort, sortText } from '../ui/sort-rows.ts';
import { Sparkline } from '../ui/sparkline.tsx';
import { TonedWord } from '../ui/toned-word.tsx';
import styles from './consumers.module.css';
import { UnknownAssets } from './unknown-assets.tsx';
import type { ChangeSearch, ConsumersSearch } from './url.ts';
import { lagLabel, lagMethodWords, VERDICT_TONE, verdictRank } from './verdict-look.ts';

/** Every consumer in a row, the worst on top. */
export function ConsumerTable(props: {
  consumers: ReturnType<typeof useConsumers>;
  search: ConsumersSearch;
  onChange: ChangeSearch;
}): ReactNode {
  const { consumers, search, onChange } = props;
  const navigate = useNavigate();
  const find = search.find?.toLowerCase() ?? '';
  const rows = useMemo(
    () =>
      (consumers.data?.consumers ?? []).filter(
        (row) =>
          (search.verdict === undefined || row.verdict === search.verdict) &&
          `${row.stream} ${row.consumer} ${row.account} ${row.filterSubjects.join(' ')}`
            .toLowerCase()
            .includes(find),
      ),
    [consumers.data, find, search.verdict],
  );
  if (consumers.isPending) return <LoadingRows rows={16} label="Consumers are being loaded" />;
  if (consumers.isError && !consumers.data) {
    return (
      <ErrorState
        title="The consumers could not be loaded"
        error={consumers.error}
        onRetry={() => void consumers.refetch()}
      />
    );
  }
  if (rows.length === 0) return <Nothing answer={consumers.data} />;
  return (
    <DataTable
      label="Consumers"
      columns={COLUMNS}
      rows={rows}
      rowKey={({ account, stream, consumer }) => `${account} ${stream} ${consumer}`}
      sort={parseSort(search.sort ?? '-lag')}
      onSort={(sort) => onChange({ sort: sortText(sort) })}
      onSelect={({ stream, consumer, account }) =>
        void navigate({
          to: '/consumers/$stream/$consumer',
          params: { stream, consumer },
          search: { account: account || undefined },
        })
      }
    />
  );
}

function Nothing({ answer }: { answer: ResponseOf<'consumers'> | undefined }): ReactNode {
  if (answer && answer.total > 0) {
    return (
      <EmptyState icon={IconFilterOff} title="No consumer matches these filters">
        <p>Clear them, or choose another verdict.</p>
      </EmptyState>
    );
  }
  if (answer && answer.unknown.length > 0) return <UnknownAssets unknown={answer.unknown} />;
  return (
    <EmptyState icon={IconDatabaseOff} title="No JetStream consumer is known">
      <p>
        They are read from the monitoring endpoint /jsz: start with{' '}
        <code>hopline up --monitor http://host:8222</code>. A system without JetStream has none;
        core NATS has no lag that a server could tell.
      </p>
    </EmptyState>
  );
}

const number = (
  key: string,
  heading: string,
  rest: {
    of: (row: ConsumerView) => number | null;
    label: (value: number) => string;
    width?: string;
    hint?: string;
  },
): Column<ConsumerView> => ({
  key,
  heading,
  width: rest.width ?? '80px',
  ...(rest.hint ? { hint: rest.hint } : {}),
  isNumber: true,
  cell: (row) => {
    const value = rest.of(row);
    return value === null ? <span className="quiet">–</span> : rest.label(value);
  },
  sortValue: rest.of,
});

const COLUMNS: readonly Column<ConsumerView>[] = [
  {
    key: 'consumer',
    heading: 'Consumer',
    width: '176px',
    cell: ({ stream, consumer, account }) => (
      <Link
        to="/consumers/$stream/$consumer"
        params={{ stream, consumer }}
        search={{ account: account || undefined }}
        className={styles.nameLink}
      >
        <MiddleText text={consumer} />
      </Link>
    ),
    sortValue: ({ consumer, stream }) => `${consumer} ${stream}`,
  },
  {
    key: 'stream',
    heading: 'Stream',
    width: '166px',
    cell: ({ stream, account }) => (
      <span title={account ? `account ${account}` : undefined}>
        <MiddleText text={stream} />
      </span>
    ),
    sortValue: ({ stream, consumer }) => `${stream} ${consumer}`,
  },
  {
    key: 'verdict',
    heading: 'Verdict',
    width: '112px',
    cell: ({ verdict, verdictReason }) => (
      <TonedWord tone={VERDICT_TONE[verdict]} title={verdictReason}>
        {verdict}
      </TonedWord>
    ),
    sortValue: ({ verdict }) => verdictRank(verdict),
  },
  {
    key: 'lag',
    heading: 'Lag',
    hint: 'Age of the oldest message that is not acked; ~ is not exact',
    width: '84px',
    isNumber: true,
    cell: ({ completionLag }) => (
      <span title={lagMethodWords(completionLag)}>{lagLabel(completionLag)}</span>
    ),
    sortValue: ({ completionLag }) => completionLag.seconds,
  },
  number('backlog', 'Backlog', {
    of: ({ backlog }) => backlog,
    label: countLabel,
    hint: 'Messages that were not delivered yet',
  }),
  {
    key: 'trend',
    heading: 'Last 15 min',
    width: '112px',
    cell: (row) => <BacklogSpark row={row} />,
  },
  number('inFlight', 'In flight', {
    of: ({ inFlight }) => inFlight,
    label: countLabel,
    hint: 'Delivered and not acked',
  }),
  number('redelivered', 'Redelivered', {
    of: ({ redelivered }) => redelivered,
    label: countLabel,
    width: '92px',
    hint: 'Delivered more than once and not acked; those given up at max deliver stay in it',
  }),
  number('in', 'Arrives', { of: ({ arrivalPerSecond }) => arrivalPerSecond, label: rateLabel }),
  number('acks', 'Acked', { of: ({ ackPerSecond }) => ackPerSecond, label: rateLabel }),
  number('drain', 'Drained in', {
    of: ({ drainSeconds }) => drainSeconds,
    label: secondsLabel,
    hint: 'At the present pace; none while the backlog does not shrink',
    width: '92px',
  }),
];

function BacklogSpark({ row }: { row: ConsumerView }): ReactNode {
  const spark = useConsumerSpark(row, row.backlog + row.inFlight > 0);
  const points = spark.data?.points ?? [];
  if (points.length < 2) return <span className="quiet">–</span>;
  return (
    <Sparkline
      label={`Backlog of ${row.consumer} over the last 15 minutes`}
      points={points.map(({ time, backlog }) => ({
        x: Number(BigInt(time) / 1_000_000n),
        y: backlog,
      }))}
    />
  );
}
