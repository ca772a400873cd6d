import type { LogRecord, TraceResponse } from '@hopline/model/api';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { type CriticalPath, criticalPath } from './critical-path.ts';
import { type View, visibleRows } from './layout.ts';
import { Minimap } from './minimap.tsx';
import { Ruler } from './ruler.tsx';
import { SpanPanel } from './span-panel.tsx';
import { buildSpanTree, type Row, type SpanTree } from './span-tree.ts';
import { Toolbar } from './toolbar.tsx';
import { useTreeKeys } from './tree-keys.ts';
import styles from './waterfall.module.css';
import { WaterfallRows } from './waterfall-rows.tsx';

/** From this many rows on, everything below the second level starts folded. */
const MAX_OPEN_ROWS = 20_000;
const NO_PARTS: CriticalPath['parts'] = new Map();
const MIN_NAME_PX = 160;
const MAX_NAME_PX = 720;

/** A trace as a tree over time. The selected span is the address's; folding and zoom are its own. */
export function Waterfall(props: {
  trace: TraceResponse;
  selectedSpanId: string | undefined;
  onSelect: (spanId: string | undefined) => void;
  /** The logs of one span, drawn by whoever knows logs. */
  logs: (records: readonly LogRecord[]) => ReactNode;
  /** `page` fills what is left of the page; `section` grows with its rows, up to most of the screen. */
  size: 'page' | 'section';
}): ReactNode {
  const { trace, selectedSpanId, onSelect } = props;
  const tree = useMemo(() => buildSpanTree(trace), [trace]);
  const critical = useMemo(() => criticalPath(tree), [tree]);
  const [isCriticalShown, setCriticalShown] = useState(true);
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(() => firstFolded(tree));
  const [zoom, setZoom] = useState<View | null>(null);
  const [namePx, setNamePx] = useState(() => (window.innerWidth < 1200 ? 300 : 420));
  const view = zoom ?? { fromMs: 0, toMs: tree.durationMs || 1 };
  const places = useMemo(() => visibleRows(tree, collapsed), [tree, collapsed]);
  const [hopKey, setHopKey] = useState<string | null>(null);
  const selectedKey = hopKey ?? keyOfSpan(tree, selectedSpanId);
  const select = useCallback(
    (row: Row | null) => {
      setHopKey(row?.item.kind === 'hop' ? row.key : null);
      onSelect(row?.item.kind === 'span' ? row.item.span.spanId : undefined);
    },
    [onSelect],
  );
  const toggle = useCallback((key: string) => setCollapsed((old) => toggled(old, key)), []);
  const onKeyDown = useTreeKeys({ tree, places, collapsed, selectedKey, select, toggle });
  const selected =
    selectedKey === null ? undefined : tree.rows[tree.indexOf.get(selectedKey) ?? -1];

  return (
    <section className={styles.waterfall} data-size={props.size} aria-label="Trace waterfall">
      <Toolbar
        trace={trace}
        tree={tree}
        critical={critical}
        isCriticalShown={isCriticalShown}
        onCritical={() => setCriticalShown(!isCriticalShown)}
        isZoomed={zoom !== null}
        onUnzoom={() => setZoom(null)}
        onExpandAll={() => setCollapsed(new Set())}
        onCollapseAll={() => setCollapsed(allFolded(tree))}
        onSelect={select}
      />
      <div className={styles.body}>
        <div className={styles.main}>
          <Minimap tree={tree} view={view} onView={setZoom} namePx={namePx} />
          <WaterfallRows
            tree={tree}
            places={places}
            view={view}
            critical={isCriticalShown ? critical.parts : NO_PARTS}
            namePx={namePx}
            collapsed={collapsed}
            onCollapsed={setCollapsed}
            selectedKey={selectedKey}
            onSelect={select}
            onToggle={toggle}
            onKeyDown={onKeyDown}
          >
            <Ruler
              view={view}
              namePx={namePx}
              onNamePx={(px) => setNamePx(Math.min(MAX_NAME_PX, Math.max(MIN_NAME_PX, px)))}
            />
          </WaterfallRows>
        </div>
        {selected && (
          <SpanPanel
            row={selected}
            tree={tree}
            trace={trace}
            logs={props.logs}
            onSelect={select}
            onClose={() => select(null)}
          />
        )}
      </div>
    </section>
  );
}

function keyOfSpan(tree: SpanTree, spanId: string | undefined): string | null {
  if (!spanId) return null;
  const row = tree.rows.find(({ item }) => item.kind === 'span' && item.span.spanId === spanId);
  return row?.key ?? null;
}

function toggled(old: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(old);
  if (!next.delete(key)) next.add(key);
  return next;
}

function allFolded(tree: SpanTree): ReadonlySet<string> {
  return new Set(tree.rows.filter((row) => row.descendants > 0).map((row) => row.key));
}

function firstFolded(tree: SpanTree): ReadonlySet<string> {
  if (tree.rows.length <= MAX_OPEN_ROWS) return new Set();
  return new Set(
    tree.rows.filter((row) => row.depth >= 1 && row.descendants > 0).map((row) => row.key),
  );
}
