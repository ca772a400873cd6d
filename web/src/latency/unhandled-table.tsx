import type { UnhandledSummary } from '@hopline/model/api';
import { IconArrowNarrowRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ServiceName } from '../ui/service-name.tsx';
import styles from './latency.module.css';

/** What was published and nobody was seen to take: lost, or its consumer tells nothing. */
export function UnhandledTable({ rows }: { rows: readonly UnhandledSummary[] }): ReactNode {
  return (
    <section className={styles.figure} aria-label="Nobody took">
      <div className={styles.caption}>
        <h2>Published, and nobody was seen to take it</h2>
        <span className="quiet">no handler&rsquo;s span, and no server handed it to a client</span>
      </div>
      <div className={styles.tableBox}>
        <table className={styles.table} aria-label="Messages that nobody took">
          <thead>
            <tr>
              <th>From</th>
              <th data-number>Messages</th>
              <th data-number title="Left their stream before anybody acknowledged them">
                Expired
              </th>
              <th data-number title="The publish failed">
                Refused
              </th>
              <th
                data-number
                title="A consumer that sends no spans acknowledged them: they are not lost"
              >
                Acked unseen
              </th>
              <th>Stored in</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ producer, subject, stream, messages, expired, refused, acked }) => (
              <tr key={`${producer}\n${subject}\n${stream}`}>
                <td className={styles.names}>
                  <Link
                    to="/messages"
                    search={{ service: producer, subject }}
                    className={styles.path ?? ''}
                  >
                    <ServiceName name={producer} />
                    <IconArrowNarrowRight size={14} aria-label="to" className={styles.arrow} />
                    <span className="mono ellipsis" title={subject}>
                      {subject}
                    </span>
                  </Link>
                </td>
                <td data-number>{messages.toLocaleString('en')}</td>
                <Count of={expired} />
                <Count of={refused} />
                <Count of={acked} />
                <td className={styles.names}>
                  {stream === '' ? (
                    <span className="quiet">no stream</span>
                  ) : (
                    <span className="mono ellipsis" title={stream}>
                      {stream}
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const Count = (props: { of: number }): ReactNode => (
  <td data-number>{props.of === 0 ? '' : props.of.toLocaleString('en')}</td>
);
