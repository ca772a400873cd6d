import type { TopologyResponse } from '@hopline/model/api';
import { IconSearch, IconSitemapOff } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useCallback, useMemo, useRef } from 'react';
import { useStatus } from '../api/status.ts';
import { QUICK_RANGES, type TimeRange } from '../api/time-range.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { LoadingRows } from '../ui/loading-rows.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { SetupSteps } from '../ui/setup-steps.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { ExportMenu } from './export-menu.tsx';
import { type Emphasis, findNodes } from './flow-elements.ts';
import { GraphView } from './graph-view.tsx';
import type { PathsOf } from './latency-filter.ts';
import styles from './map.module.css';
import { MapPanel } from './map-panel.tsx';
import { MapTable } from './map-table.tsx';
import { MapTools } from './map-tools.tsx';
import { ReplayBar } from './replay-bar.tsx';
import { buildScene, neighbourhood } from './scene.ts';
import type { MapSearch } from './url.ts';
import { useReplay } from './use-replay.ts';

const route = getRouteApi('/');
/** More boxes than this cannot be read as a graph; the table and the focus can. */
const MAX_BOXES = 250;

interface MapProps {
  range: TimeRange;
  rangePicker: ReactNode;
  /** The stages of paths in a range, drawn by whoever knows them. */
  stages: (paths: PathsOf, range: TimeRange) => ReactNode;
  /** A range as the address has it. */
  searchOfRange: (range: TimeRange) => Record<string, string | undefined>;
}

/** Who talks to whom: drawn from evidence, live, or moment by moment. */
export function MapPage(props: MapProps): ReactNode {
  const { range } = props;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const findRef = useRef<HTMLInputElement>(null);
  const change = useCallback(
    (changed: MapSearch) =>
      void navigate({ search: (old) => ({ ...old, ...changed }), replace: true }),
    [navigate],
  );
  const { selected, focus, find, view, at } = search;
  const onAt = useCallback((atMs: number) => change({ at: String(Math.floor(atMs)) }), [change]);
  const map = useReplay({ range, atMs: at === undefined ? null : Number(at), onAt });
  const toggleReplay = useReplayToggle(props, at !== undefined);
  useShortcuts({
    '/': () => findRef.current?.focus(),
    t: () => change({ view: view === 'table' ? undefined : 'table' }),
    n: () => change({ focus: focus ? undefined : selected, hops: undefined }),
    r: toggleReplay,
    p: () => (map.state ? map.state.play(!map.state.isPlaying) : false),
    ',': () => (map.state ? map.state.go(map.state.step - 1) : false),
    '.': () => (map.state ? map.state.go(map.state.step + 1) : false),
    escape: () => change({ selected: undefined }),
  });
  return (
    <>
      <PageHeader title="Map" name="Map" end={props.rangePicker}>
        <SearchField
          label="Find on the map"
          placeholder="Find a service, subject, stream…"
          value={find ?? ''}
          onChange={(text) => change({ find: text || undefined })}
          icon={<IconSearch size={14} />}
          width={230}
          inputRef={findRef}
          onEnter={(text) => {
            const [first] = findNodes(map.data?.nodes ?? [], text) ?? [];
            if (first) change({ find: text, selected: first });
          }}
        />
        <MapTools search={search} change={change} onReplay={toggleReplay} />
        <ExportMenu topology={map.data && within(map.data, search)} grouping={search.group} />
      </PageHeader>
      <Body map={map} search={search} change={change} stages={props.stages} range={range} />
      {map.state && <ReplayBar state={map.state} onClose={toggleReplay} />}
    </>
  );
}

/** Starts a replay on the range as it is now, and goes back to the range that was there before. */
function useReplayToggle({ range, searchOfRange }: MapProps, isOn: boolean): () => void {
  const navigate = route.useNavigate();
  const before = useRef<TimeRange | null>(null);
  return () => {
    const nowMs = Date.now();
    const fixed: Extract<TimeRange, { kind: 'between' }> =
      range.kind === 'between'
        ? range
        : { kind: 'between', fromMs: nowMs - QUICK_RANGES[range.key].ms, toMs: nowMs };
    const next = isOn ? (before.current ?? range) : fixed;
    if (!isOn) before.current = range;
    void navigate({
      search: (old) => ({
        ...old,
        ...searchOfRange(next),
        at: isOn ? undefined : String(fixed.fromMs),
      }),
    });
  };
}

function Body(props: {
  map: ReturnType<typeof useReplay>;
  search: MapSearch;
  change: (changed: MapSearch) => void;
  stages: MapProps['stages'];
  range: TimeRange;
}): ReactNode {
  const { map, search, change } = props;
  const { selected, focus, hops, find, view, group } = search;
  const { whole, data, silent, state } = map;
  const onSelect = useCallback((id: string) => change({ selected: id }), [change]);
  const shown = useMemo(() => data && within(data, { focus, hops }), [data, focus, hops]);
  const scene = useMemo(() => shown && buildScene(shown, group), [shown, group]);
  const emphasis = useMemo<Emphasis>(
    () => ({ selected, found: findNodes(shown?.nodes ?? [], find ?? ''), silent, onSelect }),
    [selected, find, shown?.nodes, silent, onSelect],
  );
  if (whole.isPending) return <LoadingRows rows={10} label="The map is being drawn" />;
  if (!data || !shown || !scene) {
    return (
      <ErrorState
        title="The map could not be loaded"
        error={whole.error ?? new Error('no answer')}
        onRetry={() => void whole.refetch()}
      />
    );
  }
  if (data.nodes.length === 0) return <NothingYet />;
  const isTooLarge = scene.boxes.length > MAX_BOXES;
  return (
    <div className={styles.body}>
      {view === 'table' || isTooLarge ? (
        <MapTable
          topology={shown}
          emphasis={emphasis}
          grouping={group}
          isInstead={isTooLarge && view !== 'table'}
        />
      ) : (
        <GraphView
          key={`${focus ?? ''} ${hops ?? ''} ${group ?? ''}`}
          scene={scene}
          emphasis={emphasis}
        />
      )}
      {selected && (
        <MapPanel
          topology={data}
          id={selected}
          onSelect={onSelect}
          onFocus={(id) => change({ focus: id, hops: undefined })}
          stages={(paths) => props.stages(paths, state?.shown ?? props.range)}
          isFocused={focus === selected}
          onClose={() => change({ selected: undefined })}
        />
      )}
    </div>
  );
}

function NothingYet(): ReactNode {
  const otlpPort = useStatus().data?.otlp.httpPort;
  return (
    <EmptyState icon={IconSitemapOff} title="Nothing was heard in this time range">
      <p>The map draws itself from what services and NATS servers report. To make them report:</p>
      <SetupSteps otlpPort={otlpPort} />
    </EmptyState>
  );
}

function within<T extends Pick<TopologyResponse, 'nodes' | 'edges'>>(
  topology: T,
  { focus, hops }: MapSearch,
): Pick<T, 'nodes' | 'edges'> {
  if (!focus) return topology;
  const kept = neighbourhood(topology, focus, Number(hops ?? 1));
  return {
    nodes: topology.nodes.filter((node) => kept.has(node.id)),
    edges: topology.edges.filter((edge) => kept.has(edge.from) && kept.has(edge.to)),
  };
}
