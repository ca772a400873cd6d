import { IconArrowNarrowRight, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { PathFilter } from '../api/latency.ts';
import styles from './latency.module.css';

const PARTS = [
  ['producer', 'any publisher'],
  ['subject', 'any subject'],
  ['consumer', 'any consumer'],
] as const;

/** The path that is shown; each of its parts can be dropped, to see all paths with the others. */
export function PathChips(props: {
  path: PathFilter;
  onDrop: (part: keyof PathFilter) => void;
}): ReactNode {
  return (
    <span className={styles.chips}>
      <Link to="/latency" search={{}} className={styles.crumb}>
        Latency
      </Link>
      {PARTS.map(([part, any], index) => {
        const value = props.path[part];
        return (
          <span key={part} className={styles.chipBox}>
            {index > 0 && <IconArrowNarrowRight size={14} className={styles.arrow} aria-hidden />}
            {value === undefined ? (
              <span className={styles.any}>{any}</span>
            ) : (
              <span className={styles.chip} title={value}>
                <span>{value}</span>
                <button
                  type="button"
                  aria-label={`Drop the ${part} ${value}`}
                  onClick={() => props.onDrop(part)}
                >
                  <IconX size={12} aria-hidden />
                </button>
              </span>
            )}
          </span>
        );
      })}
    </span>
  );
}
