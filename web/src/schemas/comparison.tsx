import type { ResponseOf, SchemaProblem } from '@hopline/model/api';
import { SegmentedControl } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSchemaDiff } from '../api/schemas.ts';
import { ErrorState } from '../ui/error-state.tsx';
import { LoadingRows } from '../ui/loading-rows.tsx';
import { TonedWord } from '../ui/toned-word.tsx';
import { SplitDiff, UnifiedDiff } from './diff-view.tsx';
import styles from './schemas.module.css';

type Diff = ResponseOf<'schemaDiff'>;

/** What changed between two versions, and what that means for those who read and write. */
export function Comparison(props: {
  subject: string;
  from: number;
  to: number;
  look: 'unified' | 'split';
  onLook: (look: string) => void;
}): ReactNode {
  const { subject, from, to, look } = props;
  const diff = useSchemaDiff(subject, { from, to });
  return (
    <section className={styles.card} aria-label="Comparison">
      <div className={styles.head}>
        <h2>
          v{from} → v{to}
        </h2>
        <SegmentedControl
          size="xs"
          aria-label="How the difference is shown"
          value={look}
          data={[
            { value: 'unified', label: 'Unified' },
            { value: 'split', label: 'Side by side' },
          ]}
          onChange={props.onLook}
        />
      </div>
      {diff.isPending && <LoadingRows rows={8} label="The versions are being compared" />}
      {diff.isError && !diff.data && (
        <ErrorState
          title="The versions could not be compared"
          error={diff.error}
          onRetry={() => void diff.refetch()}
        />
      )}
      {diff.data && (
        <>
          <Verdict diff={diff.data} />
          {look === 'split' ? (
            <SplitDiff lines={diff.data.lines} />
          ) : (
            <UnifiedDiff lines={diff.data.lines} />
          )}
        </>
      )}
    </section>
  );
}

function Verdict({ diff }: { diff: Diff }): ReactNode {
  const { from, to, mode, isAllowed, problems } = diff;
  const of = (direction: SchemaProblem['direction']) =>
    problems.filter((problem) => problem.direction === direction);
  return (
    <section className={styles.verdict} aria-label="Compatibility">
      <p>
        <TonedWord tone={isAllowed ? 'ok' : 'danger'}>
          {isAllowed ? `allowed under ${mode}` : `not allowed under ${mode}`}
        </TonedWord>
      </p>
      <Reading who={`v${to} reads what v${from} wrote`} problems={of('backward')} />
      <Reading who={`v${from} reads what v${to} wrote`} problems={of('forward')} />
    </section>
  );
}

function Reading({
  who,
  problems,
}: {
  who: string;
  problems: readonly SchemaProblem[];
}): ReactNode {
  return (
    <div>
      <p>
        <TonedWord tone={problems.length === 0 ? 'ok' : 'warn'}>
          {problems.length === 0 ? who : `${who}: not always`}
        </TonedWord>
      </p>
      {problems.length > 0 && (
        <ul>
          {problems.map(({ path, rule, message }) => (
            <li key={`${path} ${rule} ${message}`}>
              {path !== '' && <code>{path}</code>} {message}{' '}
              <span className="quiet">
                rule <code>{rule}</code>
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
