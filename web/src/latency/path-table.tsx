import type { PathSummary } from '@hopline/model/api';
import { IconAlertTriangle, IconArrowNarrowRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { DurationText } from '../ui/duration-text.tsx';
import { rateLabel, ratioLabel } from '../ui/number-text.ts';
import { ServiceName } from '../ui/service-name.tsx';
import { STAGE_MEANING } from '../ui/stage-meaning.ts';
import styles from './latency.module.css';
import type { PathSort } from './url.ts';

const HEADINGS: readonly { key: PathSort; label: string; isNumber?: boolean }[] = [
  { key: 'name', label: 'Path' },
  { key: 'rate', label: 'Rate', isNumber: true },
  { key: 'errors', label: 'Errors', isNumber: true },
  { key: 'p50', label: 'P50', isNumber: true },
  { key: 'p99', label: 'P99', isNumber: true },
];

/** Every path with its figures and its slowest stage. A row opens it. */
export function PathTable(props: {
  paths: readonly PathSummary[];
  sort: PathSort;
  onSort: (sort: PathSort) => void;
  onOpen: (path: PathSummary) => void;
}): ReactNode {
  const paths = sortPaths(props.paths, props.sort);
  return (
    <div className={styles.tableBox}>
      <table className={styles.table} aria-label="Paths">
        <thead>
          <tr>
            {HEADINGS.map(({ key, label, isNumber }) => (
              <th
                key={key}
                data-number={isNumber}
                aria-sort={
                  key === props.sort ? (key === 'name' ? 'ascending' : 'descending') : undefined
                }
              >
                <button type="button" onClick={() => props.onSort(key)}>
                  {label}
                </button>
              </th>
            ))}
            <th>Most of the time is in</th>
          </tr>
        </thead>
        <tbody>
          {paths.map((path) => (
            <tr
              key={`${path.producer}\n${path.subject}\n${path.consumer}`}
              data-path={`${path.producer} ${path.subject} ${path.consumer}`}
              data-clickable
              onClick={() => props.onOpen(path)}
            >
              <td className={styles.names}>
                <button type="button" className={styles.path} onClick={() => props.onOpen(path)}>
                  <ServiceName name={path.producer} />
                  <IconArrowNarrowRight size={14} aria-label="to" className={styles.arrow} />
                  <span className="mono ellipsis" title={path.subject}>
                    {path.subject}
                  </span>
                  <IconArrowNarrowRight size={14} aria-label="to" className={styles.arrow} />
                  <ServiceName name={path.consumer} />
                </button>
              </td>
              <td data-number>{rateLabel(path.ratePerSecond)}</td>
              <td data-number>
                <Errors path={path} />
              </td>
              <td data-number>
                <DurationText ns={path.total?.p50 ?? null} />
              </td>
              <td data-number>
                <DurationText ns={path.total?.p99 ?? null} />
              </td>
              <td>
                <Slowest path={path} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** In the order that is asked for; equal ones by name, so that rows do not change places by chance. */
export function sortPaths(paths: readonly PathSummary[], sort: PathSort): PathSummary[] {
  const value = (path: PathSummary): number => {
    if (sort === 'rate') return path.ratePerSecond;
    if (sort === 'errors') return errorRatio(path);
    if (sort === 'name') return 0;
    return Number(path.total?.[sort] ?? -1);
  };
  const name = (path: PathSummary): string => `${path.producer} ${path.subject} ${path.consumer}`;
  return paths.toSorted((a, b) => value(b) - value(a) || (name(a) < name(b) ? -1 : 1));
}

function errorRatio(path: PathSummary): number {
  const attempts = path.deliveries + path.redeliveries;
  return attempts === 0 ? 0 : Math.min(1, path.errors / attempts);
}

function Errors({ path }: { path: PathSummary }): ReactNode {
  if (path.errors === 0) return <span className="quiet">0%</span>;
  return (
    <span className={styles.failed} title={`${path.errors} attempts failed`}>
      <IconAlertTriangle size={12} aria-hidden /> {ratioLabel(errorRatio(path))}
    </span>
  );
}

function Slowest({ path: { slowest } }: { path: PathSummary }): ReactNode {
  if (slowest === null) return <span className="quiet">unknown</span>;
  const { stage, share } = slowest;
  return (
    <span className={styles.share} title={STAGE_MEANING[stage]}>
      <span>
        <i style={{ width: `${share * 100}%`, background: `var(--stage-${stage})` }} />
      </span>
      {stage} <span className="quiet">{ratioLabel(share)}</span>
    </span>
  );
}
