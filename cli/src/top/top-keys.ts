import { columnKeys, SORTS, type TopState } from './render-top.ts';

const PAGE_ROWS = 10;

/** What a key makes of the screen; null leaves. Unknown keys change nothing. */
export function pressKey(key: string, state: TopState): TopState | null {
  switch (key) {
    case 'q':
    case '\u0003': // Ctrl-C
    case '\u0004': // Ctrl-D
      return null;
    case 'c':
      return { ...state, view: 'consumers', sort: SORTS.consumers, isReversed: false, offset: 0 };
    case 's':
      return { ...state, view: 'servers', sort: SORTS.servers, isReversed: false, offset: 0 };
    case 'r':
      return { ...state, isReversed: !state.isReversed, offset: 0 };
    case ' ':
      return { ...state, isHeld: !state.isHeld };
    case 'j':
    case '\u001b[B':
      return scrolled(state, 1);
    case 'k':
    case '\u001b[A':
      return scrolled(state, -1);
    case '\u001b[6~': // Page down
      return scrolled(state, PAGE_ROWS);
    case '\u001b[5~': // Page up
      return scrolled(state, -PAGE_ROWS);
    case '>':
    case '\u001b[C':
      return { ...state, sort: neighbour(state, 1) };
    case '<':
    case '\u001b[D':
      return { ...state, sort: neighbour(state, -1) };
    default:
      return state;
  }
}

const scrolled = (state: TopState, rows: number): TopState => ({
  ...state,
  offset: Math.max(0, state.offset + rows),
});

function neighbour({ view, sort }: TopState, step: number): string {
  const keys = columnKeys(view);
  const next = keys.indexOf(sort) + step;
  return keys[(next + keys.length) % keys.length] ?? sort;
}
