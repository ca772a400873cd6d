import { CONSUMER_COLUMNS } from '../cluster/consumer-columns.ts';
import { SERVER_COLUMNS } from '../cluster/server-columns.ts';
import { unknownLines } from '../cluster/unknown-lines.ts';
import { countText, rateText } from '../figure-text.ts';
import { type ListColumn, listTable, sortList } from '../list-table.ts';
import { type Segment, type Style, segment, truncate, widthOf, wrap } from '../terminal-text.ts';
import type { Picture } from './fetch-picture.ts';

export const VIEWS = ['consumers', 'servers'] as const;
export type View = (typeof VIEWS)[number];
/** What a view is sorted by unless told otherwise. */
export const SORTS: Readonly<Record<View, string>> = { consumers: 'lag', servers: 'in' };

export interface TopState {
  view: View;
  /** Key of a column. */
  sort: string;
  isReversed: boolean;
  isHeld: boolean;
  /** Rows that are scrolled away above. */
  offset: number;
}

const HEAD_LINES = 3;
/** Lines on what is not known; the rest is in `hopline lag` and `hopline servers`. */
const MOST_NOTES = 4;

/** One screen: a line of sums, a line on what is shown, the table as far as it fits. Pure. */
export function renderTop(
  picture: Picture,
  state: TopState,
  { width, height }: { width: number; height: number },
): Segment[][] {
  const [heading = [], ...rows] =
    state.view === 'consumers'
      ? sorted(CONSUMER_COLUMNS, picture.consumers, { ...state, width })
      : sorted(SERVER_COLUMNS, picture.servers, { ...state, width });
  const notes = unknownLines(picture.unknown[state.view])
    .flatMap((line) => wrap(line, width))
    .slice(0, MOST_NOTES)
    .map((line) => [segment(line, 'warning')]);
  const fitting = height - HEAD_LINES - notes.length - 1;
  const room = rows.length <= fitting ? rows.length : Math.max(1, fitting - 1);
  const above = Math.min(state.offset, rows.length - room);
  const below = rows.length - room - above;
  const lines = [
    sums(picture, width),
    [
      segment(`${state.view} by ${state.sort}${state.isReversed ? ', reversed' : ''}`, 'accent'),
      segment(state.isHeld ? '  held' : '', 'warning'),
    ],
    ...notes,
    [],
    heading,
    ...rows.slice(above, above + room),
    ...(above + below > 0 ? [[segment(moreText(above, below), 'dim')]] : []),
  ];
  return lines.slice(0, height).map((line) => truncate(line, width));
}

const moreText = (above: number, below: number): string =>
  [above > 0 ? `${above} above` : '', below > 0 ? `${below} more` : ''].filter(Boolean).join(', ');

function sorted<Row>(
  columns: readonly ListColumn<Row>[],
  rows: readonly Row[],
  { sort, isReversed, width }: TopState & { width: number },
): Segment[][] {
  const list = sortList(columns, rows, { key: sort, isReversed });
  return listTable(columns, list, { sortedBy: sort, width });
}

/** Parts of the first line; what does not fit goes, those with the highest number first. */
interface Sum extends Segment {
  goes: number;
}

function sums({ status, servers, consumers, unknown, atMs }: Picture, width: number): Segment[] {
  const sum = (goes: number, text: string, style: Style = 'plain'): Sum => ({
    ...segment(text, style),
    goes,
  });
  const up = servers.filter(({ state }) => state === 'up').length;
  const inPerSecond = servers.reduce((all, one) => all + (one.figures?.inMsgsPerSecond ?? 0), 0);
  const backlog = consumers.reduce((all, one) => all + one.backlog, 0);
  const bad = consumers.filter(({ verdict }) => verdict !== 'ok' && verdict !== 'warming up');
  const parts = [
    sum(4, `hopline ${new Date(atMs).toTimeString().slice(0, 8)}`, 'strong'),
    ...(servers.length === 0 && unknown.servers.length > 0
      ? [sum(1, 'servers unknown', 'warning')]
      : [
          sum(1, `${up}/${servers.length} servers up`, up === servers.length ? 'good' : 'bad'),
          sum(3, `${rateText(inPerSecond)} in`),
        ]),
    ...(consumers.length === 0 && unknown.consumers.length > 0
      ? [sum(0, 'consumers unknown', 'warning')]
      : [
          sum(2, `${countText(backlog)} waiting`),
          sum(
            0,
            `${bad.length} of ${consumers.length} consumers not well`,
            bad.length > 0 ? 'bad' : 'good',
          ),
        ]),
    ...(status.nats.state === 'connected' ? [] : [sum(0, `NATS ${status.nats.state}`, 'bad')]),
  ];
  const joined = (shown: readonly Sum[]): Segment[] =>
    shown.flatMap(({ text, style }, index) => [segment(index === 0 ? '' : '  '), { text, style }]);
  for (let least = 4; least > 0; least--) {
    const shown = parts.filter(({ goes }) => goes <= least);
    if (widthOf(joined(shown)) <= width) return joined(shown);
  }
  return joined(parts.filter(({ goes }) => goes === 0));
}

/** The keys of a view's columns, in order. */
export const columnKeys = (view: View): string[] =>
  (view === 'consumers' ? CONSUMER_COLUMNS : SERVER_COLUMNS).map(({ key }) => key);
