import type { SchemaUse } from '@hopline/model/api';
import type { ReactNode } from 'react';
import { countLabel } from '../ui/number-text.ts';
import { ServiceName } from '../ui/service-name.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { TonedWord } from '../ui/toned-word.tsx';
import { FAILURE_WORDS } from './failure-words.ts';
import styles from './schemas.module.css';

/** Who writes and who reads which version. */
export function UseTable({ uses }: { uses: readonly SchemaUse[] }): ReactNode {
  return (
    <section className={styles.card} aria-label="In use">
      <h2>Who writes and reads which version</h2>
      {uses.length === 0 ? (
        <p className="quiet">
          No message of this time range names this subject. Services that use @hopline/client and
          are instrumented name it by themselves.
        </p>
      ) : (
        <table className={styles.uses}>
          <thead>
            <tr>
              <th>Service</th>
              <th>Role</th>
              <th>Version</th>
              <th data-number>Messages</th>
              <th>Not decoded</th>
              <th>Subjects of the messages</th>
              <th>Last</th>
            </tr>
          </thead>
          <tbody>
            {uses.map((use) => (
              <tr key={`${use.service} ${use.role} ${use.version}`}>
                <td>
                  <ServiceName name={use.service} />
                </td>
                <td>{use.role === 'producer' ? 'writes' : 'reads'}</td>
                <td>
                  {use.version === null ? (
                    <span className="quiet">unknown</span>
                  ) : (
                    `v${use.version}`
                  )}
                </td>
                <td data-number>{countLabel(use.messages)}</td>
                <td>
                  <Failures use={use} />
                </td>
                <td className="mono">{use.subjects.join(', ')}</td>
                <td>
                  <TimeText ns={use.lastSeen} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Failures({ use }: { use: SchemaUse }): ReactNode {
  if (use.decodeFailures === 0) return <span className="quiet">0</span>;
  const why = use.errors.map((error) => FAILURE_WORDS[error] ?? error).join(', ');
  return (
    <TonedWord tone="danger" title={why}>
      {countLabel(use.decodeFailures)}: {why}
    </TonedWord>
  );
}
