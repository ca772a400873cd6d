import { useReducedMotion } from '@mantine/hooks';
import {
  getViewportForBounds,
  MiniMap,
  type NodeTypes,
  Panel,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  useStoreApi,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { type ReactNode, useCallback, useEffect, useMemo, useRef } from 'react';
import { BoxView } from './box-view.tsx';
import {
  type BoxNode,
  type Emphasis,
  flowElements,
  type GroupNode,
  type LineEdge,
} from './flow-elements.ts';
import { GroupView } from './group-view.tsx';
import { type Placement, placeScene } from './layout.ts';
import { Legend } from './legend.tsx';
import { LineView } from './line-view.tsx';
import styles from './map.module.css';
import { openingView } from './opening-view.ts';
import type { Scene } from './scene.ts';
import { ZoomTools } from './zoom-tools.tsx';

const NODE_TYPES: NodeTypes = { box: BoxView, frame: GroupView };
const EDGE_TYPES = { line: LineView };
/** Below this an edge tells less, in larger type: its rate, its errors and its P99. */
const MIDDLE_ZOOM = 0.85;
/** Below this figures on the edges only blur the picture. */
const FAR_ZOOM = 0.42;
const REVEAL_MS = 120;
const MINIMAP = { width: 150, height: 104 };
const FIT = { padding: 0.02, maxZoom: 1.15, minZoom: 0.2 };

/** The map as a graph. It places boxes once and moves nothing until there is something new to place. */
export function GraphView(props: { scene: Scene; emphasis: Emphasis }): ReactNode {
  return (
    <ReactFlowProvider>
      <Graph {...props} />
    </ReactFlowProvider>
  );
}

function Graph({ scene, emphasis }: { scene: Scene; emphasis: Emphasis }): ReactNode {
  const placement = usePlacement(scene);
  const { nodes, edges } = useMemo(
    () => flowElements(scene, placement, emphasis),
    [scene, placement, emphasis],
  );
  const distance = useStore(({ transform: [, , zoom] }) => distanceAt(zoom));
  const hasMoved = useRef(false);
  const fitWhole = useFit(placement, hasMoved);
  useReveal(scene, placement, emphasis.selected);
  return (
    <div className={styles.graph} data-distance={distance}>
      <ReactFlow<BoxNode | GroupNode, LineEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        minZoom={0.1}
        maxZoom={2}
        // Only a move by hand has an event; a fit of our own has none.
        onMove={(event) => {
          if (event) hasMoved.current = true;
        }}
        proOptions={{ hideAttribution: true }}
        aria-label="Map of services, subjects, streams and consumers"
      >
        <Panel position="bottom-left">
          <Legend />
        </Panel>
        <Panel position="top-left">
          <ZoomTools
            onFit={() => {
              hasMoved.current = false;
              fitWhole();
            }}
          />
        </Panel>
        <MiniMap
          pannable
          zoomable
          style={MINIMAP}
          className={styles.minimap ?? ''}
          nodeClassName={(node) => styles[`mini-${miniKind(node as BoxNode | GroupNode)}`] ?? ''}
          ariaLabel="Overview of the map"
        />
      </ReactFlow>
    </div>
  );
}

const distanceAt = (zoom: number): 'near' | 'middle' | 'far' =>
  zoom < FAR_ZOOM ? 'far' : zoom < MIDDLE_ZOOM ? 'middle' : 'near';

const miniKind = (node: BoxNode | GroupNode): string =>
  node.type === 'box' ? node.data.box.node.kind : 'group';

/** The placement of the scenes so far: the same object until a scene does not fit into it. */
function usePlacement(scene: Scene): Placement {
  const last = useRef<Placement | null>(null);
  return useMemo(() => {
    last.current = placeScene(scene, last.current);
    return last.current;
  }, [scene]);
}

/** Keeps in sight what can be read while the reader has not moved the map; gives the way to see all of it. */
function useFit(placement: Placement, hasMoved: { readonly current: boolean }): () => void {
  const { setViewport } = useReactFlow();
  const isCalm = useReducedMotion();
  const store = useStoreApi();
  const isMeasured = useStore((state) => state.width > 0);
  const hasFitted = useRef(false);
  const show = useCallback(
    (isOpening: boolean) => {
      const { width, height } = store.getState();
      const { bounds } = placement;
      const { minZoom, maxZoom, padding } = FIT;
      const whole = getViewportForBounds(bounds, width, height, minZoom, maxZoom, padding);
      const viewport = isOpening ? openingView(whole, bounds, { width, height }) : whole;
      void setViewport(viewport, { duration: isCalm || !hasFitted.current ? 0 : 200 });
      hasFitted.current = true;
    },
    [placement, setViewport, store, isCalm],
  );
  useEffect(() => {
    if (!isMeasured) return;
    const fitUnlessMoved = () => {
      if (!hasMoved.current) show(true);
    };
    fitUnlessMoved();
    window.addEventListener('resize', fitUnlessMoved);
    return () => window.removeEventListener('resize', fitUnlessMoved);
  }, [show, hasMoved, isMeasured]);
  return useCallback(() => show(false), [show]);
}

/** Brings the selected box into sight when the panel or the edge of the screen hides it. */
function useReveal(scene: Scene, placement: Placement, selected: string | undefined): void {
  const { setCenter, getViewport } = useReactFlow();
  const isCalm = useReducedMotion();
  const size = useRef({ width: 0, height: 0 });
  size.current = useStore(({ width, height }) => ({ width, height }), isSameSize);
  const latest = useRef({ scene, placement });
  latest.current = { scene, placement };
  useEffect(() => {
    if (selected === undefined) return;
    // The panel takes its room first.
    const timer = setTimeout(() => {
      const box = latest.current.scene.boxes.find(
        ({ id, rows }) => id === selected || rows.some(({ node }) => node.id === selected),
      );
      const place = box && latest.current.placement.boxes.get(box.id);
      if (!place) return;
      const { x, y, zoom } = getViewport();
      const [left, top] = [place.x * zoom + x, place.y * zoom + y];
      const isSeen =
        left >= 0 &&
        top >= 0 &&
        left + place.width * zoom <= size.current.width &&
        top + place.height * zoom <= size.current.height;
      if (isSeen) return;
      const centre = { x: place.x + place.width / 2, y: place.y + place.height / 2 };
      void setCenter(centre.x, centre.y, { zoom, duration: isCalm ? 0 : 250 });
    }, REVEAL_MS);
    return () => clearTimeout(timer);
  }, [selected, setCenter, getViewport, isCalm]);
}

const isSameSize = (
  a: { width: number; height: number },
  b: { width: number; height: number },
): boolean => a.width === b.width && a.height === b.height;
