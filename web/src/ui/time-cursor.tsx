import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';

/** Less than this share of the range is a click, not a part that somebody marks. */
const LEAST_SHARE = 0.005;

/** One point in time for all pictures of a page, and a part of the range that is being marked. Unix ms. */
export interface TimeCursor {
  fromMs: number;
  toMs: number;
  atMs: number | null;
  /** Where marking began; the part ends at `atMs`. Null while nothing is marked. */
  anchorMs: number | null;
  point: (atMs: number | null) => void;
  anchor: (anchorMs: number | null) => void;
  /** Makes the marked part the range of the page; nothing where none is marked. */
  choose: () => void;
}

const Context = createContext<TimeCursor | null>(null);

/** Joins the time pictures below it: what is pointed at in one is shown in all. */
export function TimeCursorScope(props: {
  fromMs: number;
  toMs: number;
  onRange: (fromMs: number, toMs: number) => void;
  children: ReactNode;
}): ReactNode {
  const { fromMs, toMs, onRange } = props;
  const [atMs, point] = useState<number | null>(null);
  const [anchorMs, anchor] = useState<number | null>(null);
  const cursor = useMemo(
    (): TimeCursor => ({
      ...{ fromMs, toMs, atMs, anchorMs, point, anchor },
      choose: () => {
        anchor(null);
        if (atMs === null || anchorMs === null) return;
        const [start, end] = [Math.min(atMs, anchorMs), Math.max(atMs, anchorMs)];
        if (end - start >= (toMs - fromMs) * LEAST_SHARE) onRange(start, end);
      },
    }),
    [fromMs, toMs, atMs, anchorMs, onRange],
  );
  return <Context value={cursor}>{props.children}</Context>;
}

/** Of the scope around; throws outside one. */
export function useTimeCursor(): TimeCursor {
  const cursor = useContext(Context);
  if (cursor === null) throw new Error('a time picture stands in no TimeCursorScope');
  return cursor;
}
