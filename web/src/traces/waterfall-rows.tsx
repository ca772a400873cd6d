import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { useServiceColour } from '../ui/service-name.tsx';
import type { CriticalPart, CriticalPath } from './critical-path.ts';
import { ancestorsOf, type View } from './layout.ts';
import type { Row, SpanTree } from './span-tree.ts';
import styles from './waterfall.module.css';
import { ROW_HEIGHT_PX, WaterfallRow } from './waterfall-row.tsx';

/** One and the same, so that rows off the path are not drawn again. */
const NONE: readonly CriticalPart[] = [];
/** Rows kept ready above and below the screen: what one turn of a wheel shows. */
const OVERSCAN = 10;

/**
 * The rows on the screen, of however many there are. A component of its own, so that scrolling draws
 * rows and nothing around them; `children` stand above the rows and scroll sideways with them.
 */
export function WaterfallRows(props: {
  tree: SpanTree;
  /** Indexes into the tree's rows, those under folded rows left out. */
  places: readonly number[];
  view: View;
  critical: CriticalPath['parts'];
  namePx: number;
  collapsed: ReadonlySet<string>;
  onCollapsed: (change: (old: ReadonlySet<string>) => ReadonlySet<string>) => void;
  selectedKey: string | null;
  onSelect: (row: Row) => void;
  onToggle: (key: string) => void;
  onKeyDown: (event: KeyboardEvent) => void;
  children: ReactNode;
}): ReactNode {
  const { tree, places, collapsed, selectedKey } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const colourOf = useServiceColour();
  const virtual = useVirtualizer({
    count: places.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: OVERSCAN,
    scrollPaddingStart: ROW_HEIGHT_PX + 8,
    scrollPaddingEnd: ROW_HEIGHT_PX,
  });
  useReveal({
    tree,
    selectedKey,
    places,
    setCollapsed: props.onCollapsed,
    show: (at) => virtual.scrollToIndex(at),
  });
  return (
    <div ref={scroller} className={styles.scroller}>
      {props.children}
      <div
        className={styles.rows}
        style={{ height: virtual.getTotalSize() }}
        role="tree"
        aria-label={`${tree.rows.length.toLocaleString('en')} spans and server hops`}
        tabIndex={0}
        aria-activedescendant={selectedKey === null ? undefined : `row-${selectedKey}`}
        onKeyDown={props.onKeyDown}
      >
        {virtual.getVirtualItems().map((item) => {
          const row = tree.rows[places[item.index] ?? -1];
          if (!row) return null;
          return (
            <WaterfallRow
              key={row.key}
              row={row}
              topPx={item.start}
              view={props.view}
              critical={props.critical.get(row.key) ?? NONE}
              namePx={props.namePx}
              isCollapsed={collapsed.has(row.key)}
              isSelected={row.key === selectedKey}
              colour={colourOf(row.item.kind === 'span' ? row.item.span.service : '')}
              linkedFrom={tree.linkedFrom.get(row.key)?.length ?? 0}
              onSelect={props.onSelect}
              onToggle={props.onToggle}
            />
          );
        })}
      </div>
    </div>
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
