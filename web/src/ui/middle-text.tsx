import type { ReactNode } from 'react';
import styles from './middle-text.module.css';

/** Names of one kind differ at their ends: as much of the end stays as tells them apart. */
const END_CHARS = 14;

/** A name that loses its middle, not its end, where there is no room for all of it. */
export function MiddleText({ text }: { text: string }): ReactNode {
  const cut = text.length - END_CHARS;
  if (cut < END_CHARS) return <span className={styles.short}>{text}</span>;
  return (
    <span className={styles.long} title={text}>
      <span>{text.slice(0, cut)}</span>
      <span>{text.slice(cut)}</span>
    </span>
  );
}
