import type { Fate } from '@hopline/model';
import type { ReactNode } from 'react';
import styles from './fate.module.css';
import { FateIcon } from './fate-icon.tsx';
import { FATE_LOOK } from './fate-look.ts';

/** A fate as icon and word; `quiet` leaves the tint out, for rows of a table. */
export function FateBadge({ fate, quiet = false }: { fate: Fate; quiet?: boolean }): ReactNode {
  const look = FATE_LOOK[fate];
  return (
    <span
      className={quiet ? styles.quiet : styles.badge}
      data-tone={look.tone}
      title={look.meaning}
    >
      <span aria-hidden="true" className={styles.glyph}>
        <FateIcon fate={fate} />
      </span>
      {look.label}
    </span>
  );
}
