import type { StatusResponse } from '@hopline/model/api';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { TimeText } from '../ui/time-text.tsx';
import styles from './status.module.css';

/** One line for each monitoring address: a dead server is shown dead, with its last sign of life. */
export function MonitorTable({ rows }: { rows: StatusResponse['monitor'] }): ReactNode {
  if (rows.length === 0) {
    return (
      <p className={styles.hint}>
        No monitoring address is set. Start with <code>hopline up --monitor http://host:8222</code>{' '}
        to see servers, streams and consumer lag.
      </p>
    );
  }
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th>Server</th>
          <th>State</th>
          <th>Address</th>
          <th>Version</th>
          <th>Last answer</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.url}>
            <td>{row.server || '–'}</td>
            <td>
              <span className={styles.state} data-tone={row.up ? 'ok' : 'danger'}>
                {row.up ? (
                  <IconCircleCheck size={15} aria-hidden />
                ) : (
                  <IconCircleX size={15} aria-hidden />
                )}
                {row.up ? 'answers' : 'does not answer'}
              </span>
              {row.error !== '' && <div className={styles.rejected}>{row.error}</div>}
            </td>
            <td>
              <code>{row.url}</code>
            </td>
            <td>{row.version || '–'}</td>
            <td>{row.lastSuccess === null ? 'never' : <TimeText ns={row.lastSuccess} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
