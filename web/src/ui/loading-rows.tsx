import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './states.module.css';

/** Placeholder of a list that is on its way. */
export function LoadingRows({ rows = 12, label }: { rows?: number; label: string }): ReactNode {
  return (
    <div className={styles.skeleton} role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows have no identity and never move.
        <Skeleton key={row} height={14} width={`${92 - ((row * 17) % 38)}%`} radius={4} />
      ))}
    </div>
  );
}
