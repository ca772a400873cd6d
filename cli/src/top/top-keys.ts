import { columnKeys, SORTS, type TopState } from './render-top.ts';

/** What a key makes of the screen; null leaves. Unknown keys change nothing. */
export function pressKey(key: string, state: TopState): TopState | null {
  switch (key) {
    case 'q':
    case '\u0003': // Ctrl-C
    case '\u0004': // Ctrl-D
      return null;
    case 'c':
      return { ...state, view: 'consumers', sort: SORTS.consumers, isReversed: false };
    case 's':
      return { ...state, view: 'servers', sort: SORTS.servers, isReversed: false };
    case 'r':
      return { ...state, isReversed: !state.isReversed };
    case ' ':
      return { ...state, isHeld: !state.isHeld };
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

function neighbour({ view, sort }: TopState, step: number): string {
  const keys = columnKeys(view);
  const next = keys.indexOf(sort) + step;
  return keys[(next + keys.length) % keys.length] ?? sort;
}
