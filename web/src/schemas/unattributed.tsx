import type { SchemaUse } from '@hopline/model/api';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { countLabel } from '../ui/number-text.ts';
import { FAILURE_WORDS } from './failure-words.ts';
import styles from './schemas.module.css';

/** Messages with a schema that belongs to none of the subjects. */
export function Unattributed({ uses }: { uses: readonly SchemaUse[] }): ReactNode {
  const failed = uses.filter(({ decodeFailures }) => decodeFailures > 0);
  if (failed.length === 0) return null;
  return (
    <ul className={styles.notices} aria-label="Messages without a known schema">
      {failed.map(({ service, role, decodeFailures, errors }) => (
        <li key={`${service} ${role}`} className={styles.notice} data-tone="danger">
          <IconAlertTriangle size={15} aria-hidden />
          <span>
            <strong>{service}</strong> could not decode {countLabel(decodeFailures)}{' '}
            {decodeFailures === 1 ? 'message' : 'messages'} that name no subject:{' '}
            {errors.map((error) => FAILURE_WORDS[error] ?? error).join(', ')}
          </span>
        </li>
      ))}
    </ul>
  );
}
