import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './banner.module.css';

/** A line across the page that says what is wrong and what to do. */
export function Banner(props: {
  tone: 'danger' | 'warn' | 'info';
  title: string;
  children?: ReactNode;
}): ReactNode {
  const Shape = props.tone === 'info' ? IconInfoCircle : IconAlertTriangle;
  return (
    <div className={styles.banner} data-tone={props.tone} role="alert">
      <Shape size={16} aria-hidden />
      <strong>{props.title}</strong>
      <span className={styles.text}>{props.children}</span>
    </div>
  );
}
