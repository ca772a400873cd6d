import { useElementSize } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { roundTimes } from '../ui/time-frame.tsx';
import styles from './latency.module.css';

/** Round times of a range (Unix ns), under a picture of its width. */
export function TimeAxis({ from, to }: { from: string; to: string }): ReactNode {
  const { ref, width } = useElementSize<HTMLDivElement>();
  return (
    <div ref={ref} className={styles.timeAxis} aria-hidden="true">
      {width > 0 &&
        roundTimes({ fromMs: msOf(from), toMs: msOf(to), width }).map(({ ms, share, label }) => (
          <span key={ms} style={{ left: `${share * 100}%` }}>
            {label}
          </span>
        ))}
    </div>
  );
}

const msOf = (unixNs: string): number => Number(BigInt(unixNs) / 1_000_000n);
