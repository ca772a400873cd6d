import type { ResponseOf, StreamView } from '@hopline/model/api';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useConsumers, useStream } from '../api/cluster.ts';
import type { TimeRange } from '../api/time-range.ts';
import { Answered } from '../ui/answered.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { MiddleText } from '../ui/middle-text.tsx';
import { bytesLabel, countLabel, rateLabel } from '../ui/number-text.ts';
import { PageHeader } from '../ui/page-header.tsx';
import { secondsLabel } from '../ui/seconds-text.ts';
import { useServiceColour } from '../ui/service-name.tsx';
import { TimeChart } from '../ui/time-chart.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { TonedWord } from '../ui/toned-word.tsx';
import { Breaches } from './breaches.tsx';
import styles from './consumers.module.css';
import { History } from './history.tsx';
import { replicaWords } from './stream-health.ts';
import { ingestSeries, lagSeries, latencySeries } from './stream-lines.ts';
import { StreamReaders } from './stream-readers.tsx';
import { NotReported } from './unknown-assets.tsx';

type StreamResponse = ResponseOf<'stream'>;

interface Key {
  stream: string;
  account: string | undefined;
}

/** One stream: what goes in, how long it takes to its handlers, and how far its consumers are, at the same times. */
export function StreamPage(props: {
  of: Key;
  range: TimeRange;
  onRange: (range: TimeRange) => void;
  rangePicker: ReactNode;
}): ReactNode {
  const { of, range } = props;
  const answer = useStream(of, range);
  return (
    <>
      <PageHeader
        name={of.stream}
        title={
          <>
            <Link to="/consumers" search={{ tab: 'streams' }} className={styles.crumb}>
              Streams
            </Link>
            <span className="quiet">/</span>
            <MiddleText text={of.stream} />
          </>
        }
        end={props.rangePicker}
      />
      <Answered what="stream" answer={answer} rows={14}>
        {(data) => <Body data={data} {...{ of, range }} onRange={props.onRange} />}
      </Answered>
    </>
  );
}

function Body(props: {
  data: StreamResponse;
  of: Key;
  range: TimeRange;
  onRange: (range: TimeRange) => void;
}): ReactNode {
  const { data, of, range, onRange } = props;
  const colourOf = useServiceColour();
  const consumers = useConsumers().data?.consumers ?? [];
  const readers = consumers.filter(
    ({ stream, account }) =>
      stream === of.stream && (of.account === undefined || account === of.account),
  );
  if (data.stream === null && data.points.length === 0) return <NotReported what="stream" />;
  return (
    <div className={styles.page}>
      {data.stream && data.stream.breaches.length > 0 && (
        <section className={styles.why}>
          <Breaches breaches={data.stream.breaches} />
        </section>
      )}
      <History of={{ stream: of.stream }} range={range} onRange={onRange}>
        {(markers) => (
          <>
            <TimeChart
              title="Stored a second, and what is published by subject"
              series={ingestSeries(data)}
              markers={markers}
              unit="rate"
            />
            <TimeChart
              title="From publish to the end of the handler, P99 by service"
              series={latencySeries(data, colourOf)}
              markers={markers}
              unit="seconds"
            />
            <TimeChart
              title="Lag until acked, by consumer"
              series={lagSeries(data)}
              markers={markers}
              unit="seconds"
            />
          </>
        )}
      </History>
      <StreamReaders consumers={readers} latency={data.latency} />
      {data.stream && <Facts stream={data.stream} />}
    </div>
  );
}

function Facts({ stream }: { stream: StreamView }): ReactNode {
  const { tone, words } = replicaWords(stream);
  const time = (ns: string | null): ReactNode => (ns ? <TimeText ns={ns} withDate /> : 'never');
  const position = (sequence: number, ns: string | null): ReactNode => (
    <>
      {sequence}, {time(ns)}
    </>
  );
  const limit = (value: number, text: (value: number) => string): string =>
    value > 0 ? text(value) : 'no limit';
  return (
    <div className={styles.facts}>
      <section>
        <h2>Now</h2>
        <KeyValueList
          rows={[
            ['Reported', time(stream.time)],
            ['Messages', countLabel(stream.messages)],
            ['Size', bytesLabel(stream.bytes)],
            ['Stored', stream.ingestPerSecond === null ? '–' : rateLabel(stream.ingestPerSecond)],
            ['Subjects in it', countLabel(stream.subjectCount)],
            ['Deleted', countLabel(stream.deleted)],
          ]}
        />
      </section>
      <section>
        <h2>Copies</h2>
        <KeyValueList
          rows={[
            ['Leader', stream.leader || '–'],
            [
              'Followers',
              <TonedWord key="followers" tone={tone}>
                {words}
              </TonedWord>,
            ],
            ['Oldest message', position(stream.firstSeq, stream.firstTime)],
            ['Newest message', position(stream.lastSeq, stream.lastTime)],
          ]}
        />
      </section>
      <section>
        <h2>Settings</h2>
        <KeyValueList
          rows={[
            ['Subjects', stream.subjects.join(', ') || '–'],
            ['Retention', stream.retention || '–'],
            ['Storage', stream.storage || '–'],
            ['Most messages', limit(stream.maxMessages, countLabel)],
            ['Most bytes', limit(stream.maxBytes, bytesLabel)],
            ['Most age', limit(stream.maxAgeSeconds, secondsLabel)],
            ['Account', stream.account || '–'],
            ['Domain', stream.domain || '–'],
          ]}
        />
      </section>
    </div>
  );
}
