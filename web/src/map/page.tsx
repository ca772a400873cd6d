import { Button, SegmentedControl } from '@mantine/core';
import { IconFocusCentered, IconSearch, IconSitemapOff, IconX } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useCallback, useMemo, useRef } from 'react';
import { useStatus } from '../api/status.ts';
import type { TimeRange } from '../api/time-range.ts';
import { useTopology } from '../api/topology.ts';
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
import { buildScene, neighbourhood } from './scene.ts';
import type { MapSearch } from './url.ts';

const route = getRouteApi('/');
/** More boxes than this cannot be read as a graph; the table and the focus can. */
const MAX_BOXES = 250;
/** How far from the node in focus, in services. */
const HOPS = ['1', '2', '3'].map((value) => ({
  value,
  label: value === '1' ? '1 hop' : `${value} hops`,
}));

/** Who talks to whom: drawn from evidence, live. */
export function MapPage(props: {
  range: TimeRange;
  rangePicker: ReactNode;
  /** The stages of paths, drawn by whoever knows them. */
  stages: (paths: PathsOf) => ReactNode;
}): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const topology = useTopology(props.range);
  const findRef = useRef<HTMLInputElement>(null);
  const change = useCallback(
    (changed: MapSearch) =>
      void navigate({ search: (old) => ({ ...old, ...changed }), replace: true }),
    [navigate],
  );
  const { selected, focus, hops, find, view } = search;
  useShortcuts({
    '/': () => findRef.current?.focus(),
    t: () => change({ view: view === 'table' ? undefined : 'table' }),
    n: () => change({ focus: focus ? undefined : selected, hops: undefined }),
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
          width={250}
          inputRef={findRef}
          onEnter={(text) => {
            const [first] = findNodes(topology.data?.nodes ?? [], text) ?? [];
            if (first) change({ find: text, selected: first });
          }}
        />
        <SegmentedControl
          size="xs"
          aria-label="View"
          value={view ?? 'graph'}
          onChange={(value) => change({ view: value === 'table' ? 'table' : undefined })}
          data={[
            { value: 'graph', label: 'Graph' },
            { value: 'table', label: 'Table' },
          ]}
        />
        {focus && (
          <Button
            size="xs"
            variant="light"
            leftSection={<IconFocusCentered size={14} />}
            rightSection={<IconX size={13} />}
            onClick={() => change({ focus: undefined, hops: undefined })}
          >
            Around {nameOfId(focus)}
          </Button>
        )}
        {focus && (
          <SegmentedControl
            size="xs"
            aria-label="Services away"
            value={hops ?? '1'}
            onChange={(value) => change({ hops: value === '1' ? undefined : value })}
            data={HOPS}
          />
        )}
        <ExportMenu topology={topology.data && within(topology.data, search)} />
      </PageHeader>
      <Body topology={topology} search={search} change={change} stages={props.stages} />
    </>
  );
}

function Body(props: {
  topology: ReturnType<typeof useTopology>;
  search: MapSearch;
  change: (changed: MapSearch) => void;
  stages: (paths: PathsOf) => ReactNode;
}): ReactNode {
  const { topology, search, change } = props;
  const { selected, focus, hops, find, view } = search;
  const { data } = topology;
  const onSelect = useCallback((id: string) => change({ selected: id }), [change]);
  const shown = useMemo(() => data && within(data, { focus, hops }), [data, focus, hops]);
  const scene = useMemo(() => shown && buildScene(shown), [shown]);
  const emphasis = useMemo<Emphasis>(
    () => ({ selected, found: findNodes(shown?.nodes ?? [], find ?? ''), onSelect }),
    [selected, find, shown?.nodes, onSelect],
  );
  if (topology.isPending) return <LoadingRows rows={10} label="The map is being drawn" />;
  if (!data || !shown || !scene) {
    return (
      <ErrorState
        title="The map could not be loaded"
        error={topology.error ?? new Error('no answer')}
        onRetry={() => void topology.refetch()}
      />
    );
  }
  if (data.nodes.length === 0) return <NothingYet />;
  const isTooLarge = scene.boxes.length > MAX_BOXES;
  return (
    <div className={styles.body}>
      {view === 'table' || isTooLarge ? (
        <MapTable topology={shown} emphasis={emphasis} isInstead={isTooLarge && view !== 'table'} />
      ) : (
        <GraphView key={`${focus ?? ''} ${hops ?? ''}`} scene={scene} emphasis={emphasis} />
      )}
      {selected && (
        <MapPanel
          topology={data}
          id={selected}
          onSelect={onSelect}
          onFocus={(id) => change({ focus: id, hops: undefined })}
          stages={props.stages}
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

function within<T extends NonNullable<ReturnType<typeof useTopology>['data']>>(
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

/** `payment` of `service:payment`. */
const nameOfId = (id: string): string => id.slice(id.indexOf(':') + 1);
