import type { ConsumerView, ResponseOf } from '@hopline/model/api';
import { IconDatabaseOff, IconFilterOff } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useConsumerSpark, type useConsumers } from '../api/cluster.ts';
import { Answered } from '../ui/answered.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { MiddleText } from '../ui/middle-text.tsx';
import { numberColumn } from '../ui/number-column.tsx';
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
  return (
    <Answered what="consumers" answer={consumers} rows={16}>
      {(answer) =>
        rows.length === 0 ? (
          <Nothing answer={answer} />
        ) : (
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
        )
      }
    </Answered>
  );
}

function Nothing({ answer }: { answer: ResponseOf<'consumers'> }): ReactNode {
  if (answer.total > 0) {
    return (
      <EmptyState icon={IconFilterOff} title="No consumer matches these filters">
        <p>Clear them, or choose another verdict.</p>
      </EmptyState>
    );
  }
  if (answer.unknown.length > 0) return <UnknownAssets unknown={answer.unknown} />;
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
  numberColumn('backlog', 'Backlog', {
    of: ({ backlog }) => backlog,
    text: countLabel,
    hint: 'Messages that were not delivered yet',
  }),
  {
    key: 'trend',
    heading: 'Last 15 min',
    width: '112px',
    cell: (row) => <BacklogSpark row={row} />,
  },
  numberColumn('inFlight', 'In flight', {
    of: ({ inFlight }) => inFlight,
    text: countLabel,
    hint: 'Delivered and not acked',
  }),
  numberColumn('redelivered', 'Redelivered', {
    of: ({ redelivered }) => redelivered,
    text: countLabel,
    width: '92px',
    hint: 'Delivered more than once and not acked; those given up at max deliver stay in it',
  }),
  numberColumn('in', 'Arrives', {
    of: ({ arrivalPerSecond }) => arrivalPerSecond,
    text: rateLabel,
  }),
  numberColumn('acks', 'Acked', { of: ({ ackPerSecond }) => ackPerSecond, text: rateLabel }),
  numberColumn('drain', 'Drained in', {
    of: ({ drainSeconds }) => drainSeconds,
    text: secondsLabel,
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
