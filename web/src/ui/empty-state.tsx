import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './states.module.css';

/** Nothing to show, and what to do about it: an empty page that does not say is a dead end. */
export function EmptyState(props: { icon: Icon; title: string; children?: ReactNode }): ReactNode {
  const Shape = props.icon;
  return (
    <div className={styles.state} role="status">
      <Shape size={28} stroke={1.4} className={styles.icon} aria-hidden />
      <h2>{props.title}</h2>
      <div className={styles.body}>{props.children}</div>
    </div>
  );
}
