import type { ReactNode } from 'react';
import { type PathFilter, useLatency } from '../api/latency.ts';
import type { TimeRange } from '../api/time-range.ts';
import { DurationText } from '../ui/duration-text.tsx';
import { ratioLabel } from '../ui/number-text.ts';
import { STAGE_MEANING } from '../ui/stage-meaning.ts';
import styles from './latency.module.css';
import { Swatch } from './stage-table.tsx';

/** The stages of first attempts in few words, for a panel beside something else. */
export function StageSummary(props: { path: PathFilter; range: TimeRange }): ReactNode {
  const latency = useLatency(props.path, props.range);
  if (latency.isPending) return <p className="quiet">The stages are being counted…</p>;
  if (latency.data === undefined) {
    return <p className="quiet">The stages could not be loaded: {latency.error.message}</p>;
  }
  const { stages } = latency.data;
  if (stages.length === 0) return <p className="quiet">No delivery in this time range.</p>;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th>Stage</th>
          <th data-number>Share</th>
          <th data-number>P50</th>
          <th data-number>P99</th>
        </tr>
      </thead>
      <tbody>
        {stages.map(({ stage, share, p50, p99 }) => (
          <tr key={stage} data-total={stage === 'total' || undefined}>
            <td title={STAGE_MEANING[stage]}>
              <Swatch stage={stage} /> {stage}
            </td>
            <td data-number>{share === null ? '' : ratioLabel(share)}</td>
            <td data-number>
              <DurationText ns={p50} />
            </td>
            <td data-number>
              <DurationText ns={p99} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
