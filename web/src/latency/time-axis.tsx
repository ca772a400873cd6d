import type { ReactNode } from 'react';
import { timeLabel } from '../ui/time-text.tsx';
import styles from './latency.module.css';

const DAY_NS = 86_400_000_000_000n;

/** The ends of a range (Unix ns) and three times between, under a picture of its width. */
export function TimeAxis({ from, to }: { from: string; to: string }): ReactNode {
  const [start, length] = [BigInt(from), BigInt(to) - BigInt(from)];
  const text = (part: bigint): string => {
    const ns = String(start + (length * part) / 4n);
    return length > DAY_NS ? timeLabel(ns, true).slice(5, 16) : timeLabel(ns, false).slice(0, 8);
  };
  return (
    <div className={styles.timeAxis} aria-hidden="true">
      {[0n, 1n, 2n, 3n, 4n].map((part) => (
        <span key={String(part)}>{text(part)}</span>
      ))}
    </div>
  );
}
