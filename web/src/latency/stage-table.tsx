import type { StageFigures, StageOrTotal } from '@hopline/model/api';
import type { ReactNode } from 'react';
import { DurationText } from '../ui/duration-text.tsx';
import { ratioLabel } from '../ui/number-text.ts';
import { STAGE_MEANING } from '../ui/stage-meaning.ts';
import { changeLabel, provenanceParts } from './figures.ts';
import styles from './latency.module.css';

/**
 * Every stage of a path with its figures. A stage is a button: it becomes the one of the heat map and
 * of the slowest messages. With `than`, average, P50 and P99 say how they differ from those.
 */
export function StageTable(props: {
  stages: readonly StageFigures[];
  than?: readonly StageFigures[] | undefined;
  selected: StageOrTotal;
  onSelect: (stage: StageOrTotal) => void;
}): ReactNode {
  const { stages, than, selected } = props;
  const slowest = slowestOf(stages);
  return (
    <div className={styles.tableBox}>
      <table className={styles.table} aria-label="Stages">
        <thead>
          <tr>
            <th>Stage</th>
            <th className={styles.shareColumn}>Share of the time</th>
            <th data-number>Average</th>
            <th data-number>P50</th>
            <th data-number>P90</th>
            <th data-number>P99</th>
            <th data-number>Max</th>
            <th data-number>Count</th>
            <th>How we know</th>
          </tr>
        </thead>
        <tbody>
          {stages.map((row) => {
            const other = than?.find(({ stage }) => stage === row.stage);
            return (
              <tr
                key={row.stage}
                data-stage={row.stage}
                data-total={row.stage === 'total' || undefined}
                data-selected={row.stage === selected || undefined}
              >
                <td>
                  <button
                    type="button"
                    className={styles.stage}
                    aria-pressed={row.stage === selected}
                    title={STAGE_MEANING[row.stage]}
                    onClick={() => props.onSelect(row.stage)}
                  >
                    <Swatch stage={row.stage} />
                    {row.stage}
                    {row.stage === slowest && <span className={styles.slowest}>slowest</span>}
                  </button>
                </td>
                <td>
                  <Share figures={row} />
                </td>
                <Figure ns={row.average} than={than && (other?.average ?? null)} />
                <Figure ns={row.p50} than={than && (other?.p50 ?? null)} />
                <td data-number>
                  <DurationText ns={row.p90} />
                </td>
                <Figure ns={row.p99} than={than && (other?.p99 ?? null)} />
                <td data-number>
                  <DurationText ns={row.max} />
                </td>
                <td data-number>{row.count.toLocaleString('en')}</td>
                <td>
                  <HowWeKnow figures={row} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** The stage with the greatest part of the time. */
export function slowestOf(stages: readonly StageFigures[]): StageOrTotal | null {
  const [first] = stages
    .filter(({ share }) => share !== null)
    .toSorted((a, b) => (b.share ?? 0) - (a.share ?? 0));
  return first?.stage ?? null;
}

export function Swatch({ stage }: { stage: StageOrTotal }): ReactNode {
  if (stage === 'total') return <i className={styles.swatch} data-total aria-hidden="true" />;
  return (
    <i
      className={styles.swatch}
      style={{ background: `var(--stage-${stage})` }}
      aria-hidden="true"
    />
  );
}

function Share({ figures }: { figures: StageFigures }): ReactNode {
  const { share, stage } = figures;
  if (share === null) return null;
  return (
    <span className={styles.share}>
      <span>
        <i style={{ width: `${share * 100}%`, background: `var(--stage-${stage})` }} />
      </span>
      {ratioLabel(share)}
    </span>
  );
}

function Figure({ ns, than }: { ns: string; than: string | null | undefined }): ReactNode {
  const change = than === undefined ? null : changeLabel(ns, than);
  return (
    <td data-number>
      <DurationText ns={ns} />
      {change && (
        <span className={styles.change} data-worse={change.isWorse || undefined}>
          {change.text}
        </span>
      )}
    </td>
  );
}

function HowWeKnow({ figures }: { figures: StageFigures }): ReactNode {
  return (
    <span className={styles.provenance}>
      {provenanceParts(figures.provenance).map(({ word, ratio, meaning }) => (
        <span key={word} data-provenance={word} title={meaning}>
          {ratio === 1 ? word : `${word} ${ratioLabel(ratio)}`}
        </span>
      ))}
    </span>
  );
}
