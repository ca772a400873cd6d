import type { KeyboardEvent } from 'react';
import type { Row, SpanTree } from './span-tree.ts';

/**
 * The keys of a tree (WAI-ARIA): up and down (also k and j), left and right to fold or to go to the
 * parent, Home, End, Escape.
 */
export function useTreeKeys(options: {
  tree: SpanTree;
  places: readonly number[];
  collapsed: ReadonlySet<string>;
  selectedKey: string | null;
  select: (row: Row | null) => void;
  toggle: (key: string) => void;
}): (event: KeyboardEvent) => void {
  const { tree, places, collapsed, selectedKey, select, toggle } = options;
  const rowAt = (place: number): Row | undefined => tree.rows[places[place] ?? -1];
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const index = selectedKey === null ? -1 : (tree.indexOf.get(selectedKey) ?? -1);
    const place = places.indexOf(index);
    const current = rowAt(place);
    const go = (to: number) => {
      const row = rowAt(Math.min(places.length - 1, Math.max(0, to)));
      if (row) select(row);
    };
    const isFolded = current !== undefined && collapsed.has(current.key);
    const hasChildren = (current?.descendants ?? 0) > 0;
    const actions: Record<string, () => void> = {
      arrowdown: () => go(place + 1),
      j: () => go(place + 1),
      arrowup: () => go(place - 1),
      k: () => go(place - 1),
      home: () => go(0),
      end: () => go(places.length - 1),
      pagedown: () => go(place + 20),
      pageup: () => go(place - 20),
      arrowright: () => {
        if (current && hasChildren && isFolded) toggle(current.key);
        else go(place + 1);
      },
      arrowleft: () => {
        if (current && hasChildren && !isFolded) toggle(current.key);
        else go(placeOfParent(tree, places, place));
      },
      escape: () => select(null),
    };
    const action = actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };
}

function placeOfParent(tree: SpanTree, places: readonly number[], place: number): number {
  const depth = tree.rows[places[place] ?? -1]?.depth ?? 0;
  for (let above = place - 1; above >= 0; above -= 1) {
    if ((tree.rows[places[above] ?? -1]?.depth ?? 0) < depth) return above;
  }
  return place;
}
