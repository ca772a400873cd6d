import { CONSUMER_COLUMNS } from '../cluster/consumer-columns.ts';
import { SERVER_COLUMNS } from '../cluster/server-columns.ts';
import { unknownLines } from '../cluster/unknown-lines.ts';
import { countText, rateText } from '../figure-text.ts';
import { type ListColumn, listTable, sortList } from '../list-table.ts';
import { type Segment, segment, truncate, wrap } from '../terminal-text.ts';
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
    sums(picture),
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

function sums({ status, servers, consumers, unknown, atMs }: Picture): Segment[] {
  return [
    segment(`hopline ${new Date(atMs).toTimeString().slice(0, 8)}  `, 'strong'),
    ...(servers.length === 0 && unknown.servers.length > 0
      ? [segment('servers unknown', 'warning')]
      : serverSums(servers)),
    segment('  '),
    ...(consumers.length === 0 && unknown.consumers.length > 0
      ? [segment('consumers unknown', 'warning')]
      : consumerSums(consumers)),
    ...(status.nats.state === 'connected' ? [] : [segment(`  NATS ${status.nats.state}`, 'bad')]),
  ];
}

function serverSums(servers: Picture['servers']): Segment[] {
  const up = servers.filter(({ state }) => state === 'up').length;
  const inPerSecond = servers.reduce(
    (sum, { figures }) => sum + (figures?.inMsgsPerSecond ?? 0),
    0,
  );
  return [
    segment(`${up}/${servers.length} servers up`, up === servers.length ? 'good' : 'bad'),
    segment(`  ${rateText(inPerSecond)} in`),
  ];
}

function consumerSums(consumers: Picture['consumers']): Segment[] {
  const backlog = consumers.reduce((sum, one) => sum + one.backlog, 0);
  const bad = consumers.filter(({ verdict }) => verdict !== 'ok' && verdict !== 'warming up');
  return [
    segment(`${countText(backlog)} waiting  `),
    segment(
      `${bad.length} of ${consumers.length} consumers not well`,
      bad.length > 0 ? 'bad' : 'good',
    ),
  ];
}

/** The keys of a view's columns, in order. */
export const columnKeys = (view: View): string[] =>
  (view === 'consumers' ? CONSUMER_COLUMNS : SERVER_COLUMNS).map(({ key }) => key);
