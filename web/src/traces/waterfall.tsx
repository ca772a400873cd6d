import type { LogRecord, TraceResponse } from '@hopline/model/api';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useServiceColour } from '../ui/service-name.tsx';
import { type CriticalPart, criticalPath } from './critical-path.ts';
import { ancestorsOf, type View, visibleRows } from './layout.ts';
import { Minimap } from './minimap.tsx';
import { Ruler } from './ruler.tsx';
import { SpanPanel } from './span-panel.tsx';
import { buildSpanTree, type Row, type SpanTree } from './span-tree.ts';
import { Toolbar } from './toolbar.tsx';
import { useTreeKeys } from './tree-keys.ts';
import styles from './waterfall.module.css';
import { ROW_HEIGHT_PX, WaterfallRow } from './waterfall-row.tsx';

/** From this many rows on, everything below the second level starts folded. */
const MAX_OPEN_ROWS = 20_000;
/** One and the same, so that rows off the path are not drawn again. */
const NONE: readonly CriticalPart[] = [];
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
  const scroller = useRef<HTMLDivElement>(null);
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
  const virtual = useVirtualizer({
    count: places.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: 16,
    scrollPaddingStart: ROW_HEIGHT_PX + 8,
    scrollPaddingEnd: ROW_HEIGHT_PX,
  });
  useReveal({ tree, selectedKey, places, setCollapsed, show: (at) => virtual.scrollToIndex(at) });
  const onKeyDown = useTreeKeys({ tree, places, collapsed, selectedKey, select, toggle });
  const selected =
    selectedKey === null ? undefined : tree.rows[tree.indexOf.get(selectedKey) ?? -1];
  const colourOf = useServiceColour();

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
          <div
            ref={scroller}
            className={styles.scroller}
            role="tree"
            aria-label={`${tree.rows.length} spans and server hops`}
            tabIndex={0}
            aria-activedescendant={selectedKey === null ? undefined : `row-${selectedKey}`}
            onKeyDown={onKeyDown}
          >
            <Ruler
              view={view}
              namePx={namePx}
              onNamePx={(px) => setNamePx(Math.min(MAX_NAME_PX, Math.max(MIN_NAME_PX, px)))}
            />
            <div className={styles.rows} style={{ height: virtual.getTotalSize() }}>
              {virtual.getVirtualItems().map((item) => {
                const row = tree.rows[places[item.index] ?? -1];
                if (!row) return null;
                return (
                  <WaterfallRow
                    key={row.key}
                    row={row}
                    topPx={item.start}
                    view={view}
                    critical={(isCriticalShown && critical.parts.get(row.key)) || NONE}
                    namePx={namePx}
                    isCollapsed={collapsed.has(row.key)}
                    isSelected={row.key === selectedKey}
                    colour={colourOf(row.item.kind === 'span' ? row.item.span.service : '')}
                    linkedFrom={tree.linkedFrom.get(row.key)?.length ?? 0}
                    onSelect={select}
                    onToggle={toggle}
                  />
                );
              })}
            </div>
          </div>
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

/** Opens what hides the selected row and brings it into sight, when another one is selected. */
function useReveal(options: {
  tree: SpanTree;
  selectedKey: string | null;
  places: readonly number[];
  setCollapsed: (change: (old: ReadonlySet<string>) => ReadonlySet<string>) => void;
  show: (place: number) => void;
}): void {
  const { tree, selectedKey, places, setCollapsed, show } = options;
  const shownKey = useRef<string | null>(null);
  useEffect(() => {
    if (selectedKey === null || shownKey.current === selectedKey) return;
    const index = tree.indexOf.get(selectedKey);
    if (index === undefined) return;
    const place = places.indexOf(index);
    if (place === -1) {
      const above = ancestorsOf(tree, index);
      setCollapsed((old) => new Set([...old].filter((key) => !above.includes(key))));
      return;
    }
    shownKey.current = selectedKey;
    show(place);
  }, [tree, selectedKey, places, setCollapsed, show]);
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
