import { IconClockQuestion, IconSearch } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useCallback, useMemo, useRef } from 'react';
import { isTimeout } from '../api/errors.ts';
import { MAX_PATHS, type PathFilter, usePaths } from '../api/latency.ts';
import { useStatus } from '../api/status.ts';
import type { TimeRange } from '../api/time-range.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { LoadingRows } from '../ui/loading-rows.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { SetupSteps } from '../ui/setup-steps.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import styles from './latency.module.css';
import { PathChips } from './path-chips.tsx';
import { PathTable } from './path-table.tsx';
import { PathView } from './path-view.tsx';
import { UnhandledTable } from './unhandled-table.tsx';
import { type LatencySearch, pathOf } from './url.ts';

const route = getRouteApi('/latency');

/** Where the time goes: all paths, or the stages of one. */
export function LatencyPage(props: { range: TimeRange; rangePicker: ReactNode }): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { producer, subject, consumer } = search;
  const path = useMemo(
    () => pathOf({ producer, subject, consumer }),
    [producer, subject, consumer],
  );
  const paths = usePaths(path, props.range);
  const findRef = useRef<HTMLInputElement>(null);
  const change = useCallback(
    (changed: LatencySearch) =>
      void navigate({ search: (old) => ({ ...old, ...changed }), replace: true }),
    [navigate],
  );
  const open = useCallback(
    (chosen: PathFilter) =>
      void navigate({ search: (old) => ({ ...old, ...pathOf(chosen), find: undefined }) }),
    [navigate],
  );
  useShortcuts({ '/': () => findRef.current?.focus() });
  const isAll = Object.keys(path).length === 0;
  return (
    <>
      <PageHeader
        title={
          isAll ? (
            'Latency'
          ) : (
            <PathChips path={path} onDrop={(part) => change({ [part]: undefined })} />
          )
        }
        name={isAll ? 'Latency' : `Latency ${Object.values(path).join(' → ')}`}
        end={props.rangePicker}
      >
        {isAll && (
          <SearchField
            label="Find a path"
            placeholder="Find a service or subject…"
            value={search.find ?? ''}
            onChange={(text) => change({ find: text || undefined })}
            icon={<IconSearch size={14} />}
            width={250}
            inputRef={findRef}
          />
        )}
      </PageHeader>
      <div className={styles.page}>
        {!isAll && <PathView path={path} range={props.range} search={search} change={change} />}
        {(isAll || (paths.data?.paths.length ?? 0) > 1) && (
          <Paths paths={paths} search={search} change={change} onOpen={open} isAll={isAll} />
        )}
        {paths.data && paths.data.unhandled.length > 0 && (
          <UnhandledTable rows={paths.data.unhandled} />
        )}
      </div>
    </>
  );
}

function Paths(props: {
  paths: ReturnType<typeof usePaths>;
  search: LatencySearch;
  change: (changed: LatencySearch) => void;
  onOpen: (path: PathFilter) => void;
  isAll: boolean;
}): ReactNode {
  const { paths, search } = props;
  if (paths.isPending) return <LoadingRows rows={10} label="The paths are being loaded" />;
  if (paths.data === undefined) {
    return (
      <ErrorState
        title="The paths could not be loaded"
        error={paths.error}
        onRetry={() => void paths.refetch()}
      >
        {isTimeout(paths.error) && <p>A shorter time range is answered sooner.</p>}
      </ErrorState>
    );
  }
  const all = paths.data.paths;
  if (all.length === 0) return <NothingYet />;
  const wanted = (search.find ?? '').toLowerCase();
  const shown = all.filter(({ producer, subject, consumer }) =>
    `${producer} ${subject} ${consumer}`.toLowerCase().includes(wanted),
  );
  return (
    <section className={styles.figure} aria-label="All paths">
      <div className={styles.caption}>
        <h2>{props.isAll ? 'Paths' : 'The paths that these figures are of'}</h2>
        <span className="quiet">
          {shown.length === all.length ? all.length : `${shown.length} of ${all.length}`}
          {all.length === MAX_PATHS && ', the busiest; narrow them by service or subject'}
        </span>
      </div>
      {shown.length === 0 ? (
        <p className={styles.nothing}>No path has “{search.find}” in its name.</p>
      ) : (
        <PathTable
          paths={shown}
          sort={search.sort ?? 'rate'}
          onSort={(sort) => props.change({ sort: sort === 'rate' ? undefined : sort })}
          onOpen={props.onOpen}
        />
      )}
    </section>
  );
}

function NothingYet(): ReactNode {
  const otlpPort = useStatus().data?.otlp.httpPort;
  return (
    <EmptyState icon={IconClockQuestion} title="No delivery was seen in this time range">
      <p>
        A path needs the span of a publish and the span of whoever handled it. Choose a longer
        range, or make services tell Hopline about their messages:
      </p>
      <SetupSteps otlpPort={otlpPort} />
    </EmptyState>
  );
}
