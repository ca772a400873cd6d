import type { ConsumerView, Lag } from '@hopline/model/api';
import type { ReactNode } from 'react';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { countLabel, rateLabel } from '../ui/number-text.ts';
import { secondsLabel } from '../ui/seconds-text.ts';
import { TimeText } from '../ui/time-text.tsx';
import styles from './consumers.module.css';
import { lagLabel, lagMethodWords } from './verdict-look.ts';

/** Figures of the last report and the settings that they are measured by. */
export function ConsumerFacts({ consumer }: { consumer: ConsumerView }): ReactNode {
  const rate = (value: number | null): string => (value === null ? '–' : rateLabel(value));
  const limit = (value: number): string => (value < 0 ? 'no limit' : countLabel(value));
  const time = (ns: string | null): ReactNode => (ns ? <TimeText ns={ns} withDate /> : 'never');
  return (
    <div className={styles.facts}>
      <section>
        <h2>Now</h2>
        <KeyValueList
          rows={[
            ['Reported', time(consumer.time)],
            ['Backlog', countLabel(consumer.backlog)],
            ['In flight', `${countLabel(consumer.inFlight)} of ${limit(consumer.maxAckPending)}`],
            ['Redelivered', countLabel(consumer.redelivered)],
            [
              'Pulls that wait',
              consumer.mode === 'push' ? '– (push)' : countLabel(consumer.waiting),
            ],
            ['Arrives', rate(consumer.arrivalPerSecond)],
            ['Delivered', rate(consumer.deliveryPerSecond)],
            ['Acked', rate(consumer.ackPerSecond)],
            ['Drained in', secondsLabel(consumer.drainSeconds)],
          ]}
        />
      </section>
      <section>
        <h2>Lag</h2>
        <KeyValueList
          rows={[
            ['Until acked', <LagFigure key="acked" lag={consumer.completionLag} />],
            ['Until delivered', <LagFigure key="delivered" lag={consumer.deliveryLag} />],
            ['Last delivery', time(consumer.lastDelivery)],
            ['Last ack', time(consumer.lastAck)],
            [
              'Ack floor',
              `stream ${consumer.ackFloorStreamSeq}, consumer ${consumer.ackFloorConsumerSeq}`,
            ],
            [
              'Delivered up to',
              `stream ${consumer.deliveredStreamSeq}, consumer ${consumer.deliveredConsumerSeq}`,
            ],
          ]}
        />
      </section>
      <section>
        <h2>Settings</h2>
        <KeyValueList
          rows={[
            [
              'Kind',
              `${consumer.mode}, ${consumer.isDurable ? 'durable' : 'ephemeral'}${consumer.isPaused ? ', paused' : ''}`,
            ],
            ['Subjects', consumer.filterSubjects.join(', ') || 'all of the stream'],
            ['Most in flight', limit(consumer.maxAckPending)],
            ['Most deliveries', limit(consumer.maxDeliver)],
            ['Queue group', consumer.queueGroup || '–'],
            ['Account', consumer.account || '–'],
            ['Domain', consumer.domain || '–'],
            ['Leader', consumer.leader || '–'],
            ['Description', consumer.description || '–'],
          ]}
        />
      </section>
    </div>
  );
}

/** A lag, and below it how it was got. */
function LagFigure({ lag }: { lag: Lag }): ReactNode {
  return (
    <>
      {lagLabel(lag)}
      <br />
      <span className="quiet">{lagMethodWords(lag)}</span>
    </>
  );
}
