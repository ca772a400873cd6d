import type { ReactNode } from 'react';
import styles from './page-header.module.css';

/** The line at the top of a page: what it is, its filters, and the time range at the end. */
export function PageHeader(props: {
  title: ReactNode;
  /** The same in plain text, for the browser's tab and history. */
  name: string;
  /** Filters; they take the room that is left. */
  children?: ReactNode;
  end?: ReactNode;
}): ReactNode {
  return (
    <header className={styles.header}>
      <title>{`${props.name} · Hopline`}</title>
      <h1>{props.title}</h1>
      <div className={styles.middle}>{props.children}</div>
      <div className={styles.end}>{props.end}</div>
    </header>
  );
}
