import type { ResponseOf } from '@hopline/model/api';
import { IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './schemas.module.css';

const WORDS = {
  ready: '',
  absent: 'NATS has no schema registry yet: what is shown is what the messages say.',
  unreachable: 'The registry cannot be read: what is shown is from before, and may lack versions.',
  off: 'Hopline knows no NATS server to read the registry from: what is shown is what the messages say.',
} as const;

/** That the registry is not what is shown, and why. */
export function RegistryNotice(props: { registry: ResponseOf<'schemas'>['registry'] }): ReactNode {
  const { state, error } = props.registry;
  if (state === 'ready') return null;
  return (
    <p
      className={styles.notice}
      role="status"
      data-tone={state === 'unreachable' ? 'warn' : 'info'}
    >
      <IconInfoCircle size={15} aria-hidden />
      {WORDS[state]} {state !== 'off' && <span className="quiet">{error}</span>}
    </p>
  );
}
