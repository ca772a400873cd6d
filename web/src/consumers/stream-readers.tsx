import type { ConsumerView, ResponseOf } from '@hopline/model/api';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { durationLabel } from '../ui/duration-text.tsx';
import { MiddleText } from '../ui/middle-text.tsx';
import { countLabel, rateLabel } from '../ui/number-text.ts';
import { ServiceName } from '../ui/service-name.tsx';
import { TonedWord } from '../ui/toned-word.tsx';
import styles from './consumers.module.css';
import { lagLabel, lagMethodWords, VERDICT_TONE, verdictRank } from './verdict-look.ts';

/** Who reads the stream: its consumers as their leaders report them, and the services that handle its subjects. */
export function StreamReaders(props: {
  consumers: readonly ConsumerView[];
  latency: ResponseOf<'stream'>['latency'];
}): ReactNode {
  const consumers = props.consumers.toSorted(
    (a, b) => verdictRank(b.verdict) - verdictRank(a.verdict) || b.backlog - a.backlog,
  );
  const rate = (value: number | null): string => (value === null ? '–' : rateLabel(value));
  return (
    <>
      <section className={styles.instances}>
        <h2>Consumers</h2>
        {consumers.length === 0 ? (
          <p className="quiet">No leader reports a consumer of this stream.</p>
        ) : (
          <table aria-label="Consumers">
            <thead>
              <tr>
                <th scope="col">Consumer</th>
                <th scope="col">Verdict</th>
                <th scope="col">Lag</th>
                <th scope="col">Backlog</th>
                <th scope="col">In flight</th>
                <th scope="col">Arrives</th>
                <th scope="col">Acked</th>
              </tr>
            </thead>
            <tbody>
              {consumers.map((one) => (
                <tr key={`${one.account} ${one.domain} ${one.consumer}`}>
                  <td>
                    <Link
                      to="/consumers/$stream/$consumer"
                      params={{ stream: one.stream, consumer: one.consumer }}
                      search={{ account: one.account || undefined }}
                    >
                      <MiddleText text={one.consumer} />
                    </Link>
                  </td>
                  <td>
                    <TonedWord tone={VERDICT_TONE[one.verdict]} title={one.verdictReason}>
                      {one.verdict}
                    </TonedWord>
                  </td>
                  <td title={lagMethodWords(one.completionLag)}>{lagLabel(one.completionLag)}</td>
                  <td>{countLabel(one.backlog)}</td>
                  <td>{countLabel(one.inFlight)}</td>
                  <td>{rate(one.arrivalPerSecond)}</td>
                  <td>{rate(one.ackPerSecond)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      <section className={styles.instances}>
        <h2>Services that handle its subjects, first attempts</h2>
        {props.latency.length === 0 ? (
          <p className="quiet">No span tells of a handler of these messages in this range.</p>
        ) : (
          <table aria-label="Services">
            <thead>
              <tr>
                <th scope="col">Service</th>
                <th scope="col">Handled</th>
                <th scope="col">P50</th>
                <th scope="col">P99</th>
                <th scope="col">Stage by stage</th>
              </tr>
            </thead>
            <tbody>
              {props.latency.map((one) => (
                <tr key={one.service}>
                  <td>
                    <ServiceName name={one.service} />
                  </td>
                  <td>{countLabel(one.count)}</td>
                  <td>{durationLabel(one.p50)}</td>
                  <td>{durationLabel(one.p99)}</td>
                  <td>
                    <Link to="/latency" search={{ consumer: one.service }}>
                      Latency
                    </Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </>
  );
}
