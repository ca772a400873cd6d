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
              <th data-number>Refused</th>
              <th>Stored in</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ producer, subject, stream, messages, refused }) => (
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
                <td data-number>{refused.toLocaleString('en')}</td>
                <td className={styles.names}>
                  <span className="mono ellipsis" title={stream}>
                    {stream || <span className="quiet">no stream</span>}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
