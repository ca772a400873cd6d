import type { DiffLine } from '@hopline/model/api';
import type { ReactNode } from 'react';
import styles from './schemas.module.css';
import { splitLines } from './split-lines.ts';

const SIGN = { same: ' ', removed: '−', added: '+' } as const;
const WORD = { same: '', removed: 'removed: ', added: 'added: ' } as const;

/** One column; every line with its sign, so that colour is not all there is. */
export function UnifiedDiff({ lines }: { lines: readonly DiffLine[] }): ReactNode {
  return (
    <Scroller>
      <table className={styles.diff} aria-label="Difference, line by line">
        <tbody>
          {lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one difference never move.
            <tr key={index}>
              <Line line={line} />
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

export function SplitDiff({ lines }: { lines: readonly DiffLine[] }): ReactNode {
  return (
    <Scroller>
      <table className={styles.diff} aria-label="Difference, side by side" data-split>
        <tbody>
          {splitLines(lines).map(({ left, right }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one difference never move.
            <tr key={index}>
              <Line line={left} />
              <Line line={right} />
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function Scroller({ children }: { children: ReactNode }): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
    <div className={styles.scroller} tabIndex={0}>
      {children}
    </div>
  );
}

function Line({ line }: { line: DiffLine | undefined }): ReactNode {
  if (!line) return <td data-kind="none" />;
  return (
    <td data-kind={line.kind}>
      <span className={styles.sign} aria-hidden>
        {SIGN[line.kind]}
      </span>
      <span className="visually-hidden">{WORD[line.kind]}</span>
      {line.text}
    </td>
  );
}
