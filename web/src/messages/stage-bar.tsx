import { formatDuration } from '@hopline/model';
import type { StageView } from '@hopline/model/api';
import type { ReactNode } from 'react';
import { DurationText, durationLabel } from '../ui/duration-text.tsx';
import { STAGE_MEANING } from '../ui/stage-meaning.ts';
import styles from './stage-bar.module.css';
import { layoutStages } from './stage-layout.ts';

/** Where the time of one attempt went: a bar in proportion, and every stage in words below it. */
export function StageBar({ stages }: { stages: readonly StageView[] }): ReactNode {
  if (stages.length === 0) return null;
  return (
    <div className={styles.stages}>
      <StageStrip stages={stages} />
      <ul className={styles.legend}>
        {layoutStages(stages).map(({ stage, left }) => (
          <li key={`${stage.name} ${left}`} title={titleOf(stage)}>
            <i
              className={styles.key}
              data-provenance={stage.provenance}
              style={stage.duration === null ? {} : { background: `var(--stage-${stage.name})` }}
            />
            <span className="quiet">{stage.name}</span>
            <DurationText ns={stage.duration} />
            <Provenance stage={stage} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The bar alone, for where the words have no room. */
export function StageStrip({ stages }: { stages: readonly StageView[] }): ReactNode {
  return (
    <div className={styles.bar} aria-hidden="true">
      {layoutStages(stages).map(({ stage, left, width }) => (
        <span
          key={`${stage.name} ${left}`}
          className={styles.segment}
          data-provenance={stage.provenance}
          title={`${stage.name} ${durationLabel(stage.duration)}: ${STAGE_MEANING[stage.name]}`}
          style={{
            width: `${width * 100}%`,
            ...(stage.duration === null ? {} : { background: `var(--stage-${stage.name})` }),
          }}
        />
      ))}
    </div>
  );
}

/** Measured needs no word; everything else says how it was got. */
function Provenance({ stage }: { stage: StageView }): ReactNode {
  if (stage.provenance === 'measured') return null;
  return (
    <em className={styles.provenance} data-provenance={stage.provenance}>
      {stage.provenance}
    </em>
  );
}

function titleOf(stage: StageView): string {
  const parts = [`${stage.name}: ${STAGE_MEANING[stage.name]}`];
  if (stage.merged && stage.merged.length > 0) parts.push(`stands for ${stage.merged.join(' + ')}`);
  if (stage.provenance === 'derived') parts.push('derived: the clock offset was applied');
  if (stage.provenance === 'unknown') parts.push('unknown: a mark is missing');
  if (stage.raw !== undefined) {
    parts.push(`the clocks as they stand say ${formatDuration(BigInt(stage.raw))}`);
  }
  return parts.join('; ');
}
