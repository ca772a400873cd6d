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
import { type Emphasis, findNodes } from './flow-elements.ts';
import { GraphView } from './graph-view.tsx';
import styles from './map.module.css';
import { MapPanel } from './map-panel.tsx';
import { MapTable } from './map-table.tsx';
import { buildScene, neighbourhood } from './scene.ts';
import type { MapSearch } from './url.ts';

const route = getRouteApi('/');
/** More boxes than this cannot be read as a graph; the table and the focus can. */
const MAX_BOXES = 250;

/** Who talks to whom: drawn from evidence, live. */
export function MapPage(props: { range: TimeRange; rangePicker: ReactNode }): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const topology = useTopology(props.range);
  const findRef = useRef<HTMLInputElement>(null);
  const change = useCallback(
    (changed: MapSearch) =>
      void navigate({ search: (old) => ({ ...old, ...changed }), replace: true }),
    [navigate],
  );
  const { selected, focus, find, view } = search;
  useShortcuts({
    '/': () => findRef.current?.focus(),
    t: () => change({ view: view === 'table' ? undefined : 'table' }),
    n: () => change({ focus: focus ? undefined : selected }),
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
            onClick={() => change({ focus: undefined })}
          >
            Around {nameOfId(focus)}
          </Button>
        )}
      </PageHeader>
      <Body topology={topology} search={search} change={change} />
    </>
  );
}

function Body(props: {
  topology: ReturnType<typeof useTopology>;
  search: MapSearch;
  change: (changed: MapSearch) => void;
}): ReactNode {
  const { topology, search, change } = props;
  const { selected, focus, find, view } = search;
  const { data } = topology;
  const onSelect = useCallback((id: string) => change({ selected: id }), [change]);
  const shown = useMemo(() => data && within(data, focus), [data, focus]);
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
        <GraphView key={focus ?? ''} scene={scene} emphasis={emphasis} />
      )}
      {selected && (
        <MapPanel
          topology={data}
          id={selected}
          onSelect={onSelect}
          onFocus={(id) => change({ focus: id })}
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
  focus: string | undefined,
): Pick<T, 'nodes' | 'edges'> {
  if (!focus) return topology;
  const kept = neighbourhood(topology, focus);
  return {
    nodes: topology.nodes.filter((node) => kept.has(node.id)),
    edges: topology.edges.filter((edge) => kept.has(edge.from) && kept.has(edge.to)),
  };
}

/** `payment` of `service:payment`. */
const nameOfId = (id: string): string => id.slice(id.indexOf(':') + 1);
