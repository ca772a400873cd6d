import type { ConsumerView, ResponseOf } from '@hopline/model/api';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useConsumer } from '../api/cluster.ts';
import type { TimeRange } from '../api/time-range.ts';
import { Answered } from '../ui/answered.tsx';
import { MiddleText } from '../ui/middle-text.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { type Series, TimeChart } from '../ui/time-chart.tsx';
import { TonedWord } from '../ui/toned-word.tsx';
import { msOf } from '../ui/unix-ms.ts';
import { Breaches } from './breaches.tsx';
import { ConsumerFacts } from './consumer-facts.tsx';
import styles from './consumers.module.css';
import { History } from './history.tsx';
import { InstanceTable } from './instance-table.tsx';
import { NotReported } from './unknown-assets.tsx';
import { VERDICT_TONE } from './verdict-look.ts';

type ConsumerResponse = ResponseOf<'consumer'>;

interface Key {
  stream: string;
  consumer: string;
  account: string | undefined;
}

/** One consumer: its verdict and why, its history with what happened, its settings. */
export function ConsumerPage(props: {
  of: Key;
  range: TimeRange;
  onRange: (range: TimeRange) => void;
  rangePicker: ReactNode;
}): ReactNode {
  const { of, range } = props;
  const answer = useConsumer(of, range);
  return (
    <>
      <PageHeader
        name={`${of.stream} / ${of.consumer}`}
        title={
          <>
            <Link to="/consumers" className={styles.crumb}>
              Consumers
            </Link>
            <span className="quiet">/</span>
            <Link
              to="/streams/$stream"
              params={{ stream: of.stream }}
              search={{ account: of.account }}
              className={styles.crumb}
            >
              <MiddleText text={of.stream} />
            </Link>
            <span className="quiet">/</span>
            <MiddleText text={of.consumer} />
          </>
        }
        end={props.rangePicker}
      />
      <Answered what="consumer" answer={answer} rows={14}>
        {(data) => <Body data={data} {...{ of, range }} onRange={props.onRange} />}
      </Answered>
    </>
  );
}

function Body(props: {
  data: ConsumerResponse;
  of: Key;
  range: TimeRange;
  onRange: (range: TimeRange) => void;
}): ReactNode {
  const { data, of, range, onRange } = props;
  if (data.consumer === null && data.points.length === 0) return <NotReported what="consumer" />;
  return (
    <div className={styles.page}>
      {data.consumer && <Why consumer={data.consumer} />}
      <History of={{ stream: of.stream, consumer: of.consumer }} range={range} onRange={onRange}>
        {(markers) => (
          <>
            <TimeChart
              title="Messages that wait"
              series={countSeries(data.points)}
              markers={markers}
              unit="count"
            />
            <TimeChart
              title="Lag in time"
              series={lagSeries(data.points)}
              markers={markers}
              unit="seconds"
            />
            <TimeChart
              title="Between the newest delivery and the ack floor, in sequences of the stream"
              series={floorSeries(data.points)}
              markers={markers}
              unit="count"
            />
          </>
        )}
      </History>
      <InstanceTable instances={data.instances} />
      {data.consumer && <ConsumerFacts consumer={data.consumer} />}
    </div>
  );
}

/** What the verdict follows from, and where to look next. */
function Why({ consumer }: { consumer: ConsumerView }): ReactNode {
  const of = { stream: consumer.stream, consumer: consumer.consumer };
  return (
    <section className={styles.why}>
      <p>
        <TonedWord tone={VERDICT_TONE[consumer.verdict]}>{consumer.verdict}</TonedWord>{' '}
        {consumer.verdictReason}
      </p>
      <Breaches breaches={consumer.breaches} />
      <p>
        <Link to="/messages" search={{ outcome: 'in-flight', ...of }}>
          Messages in flight
        </Link>{' '}
        ·{' '}
        <Link to="/messages" search={{ outcome: 'redelivered', ...of }}>
          Redelivered
        </Link>{' '}
        ·{' '}
        <Link to="/messages" search={{ outcome: 'dead-lettered', ...of }}>
          Dead-lettered
        </Link>
      </p>
    </section>
  );
}

type Points = ConsumerResponse['points'];

const countSeries = (points: Points): Series[] => [
  {
    label: 'backlog',
    colour: 'var(--accent)',
    points: points.map(({ time, backlog }) => ({ x: msOf(time), y: backlog })),
  },
  {
    label: 'in flight',
    colour: 'var(--ok)',
    points: points.map(({ time, inFlight }) => ({ x: msOf(time), y: inFlight })),
  },
  {
    label: 'redelivered',
    colour: 'var(--warn)',
    points: points.map(({ time, redelivered }) => ({ x: msOf(time), y: redelivered })),
  },
];

const lagSeries = (points: Points): Series[] => [
  {
    label: 'until acked',
    colour: 'var(--accent)',
    points: points.map(({ time, completionLagSeconds }) => ({
      x: msOf(time),
      y: completionLagSeconds,
    })),
  },
  {
    label: 'until delivered',
    colour: 'var(--ok)',
    points: points.map(({ time, deliveryLagSeconds }) => ({
      x: msOf(time),
      y: deliveryLagSeconds,
    })),
  },
];

const floorSeries = (points: Points): Series[] => [
  {
    label: 'delivered − ack floor',
    colour: 'var(--info)',
    points: points.map(({ time, deliveredStreamSeq, ackFloorStreamSeq }) => ({
      x: msOf(time),
      y: Math.max(0, deliveredStreamSeq - ackFloorStreamSeq),
    })),
  },
];
