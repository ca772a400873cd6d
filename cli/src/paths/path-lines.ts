import { formatDuration } from '@hopline/model';
import type { PathSummary, UnhandledSummary } from '@hopline/model/api';
import { type ListColumn, listTable } from '../list-table.ts';
import { cutMiddle, type Segment, type Style, segment, widthOf } from '../terminal-text.ts';

/** The paths as a table; where that is too wide each path stands on a line above its figures. */
export function pathLines(paths: readonly PathSummary[], width: number): Segment[][] {
  const names = (path: PathSummary): Segment[] => pathNameLine(path, width);
  return withNames(paths, { names, named: PATH_NAMES, figures: PATH_FIGURES, width });
}

/** `producer → subject → consumer`; where that is too long the longest of them lose their middles. */
export function pathNameLine(
  { producer, subject, consumer }: Pick<PathSummary, 'producer' | 'subject' | 'consumer'>,
  width: number,
): Segment[] {
  const [from = '', over = '', to = ''] = cutToFit(
    [producer, subject, consumer],
    width - 2 * ARROW.length,
  );
  return [segment(from + ARROW), segment(over, 'strong'), segment(ARROW + to)];
}

/** The texts in `width` columns together: the short ones whole, the long ones of equal length. */
function cutToFit(texts: readonly string[], width: number): string[] {
  const lengths = texts.map((one) => [...one].length).sort((a, b) => a - b);
  let left = width;
  let most = 0;
  for (const [index, length] of lengths.entries()) {
    most = Math.max(1, Math.floor(left / (lengths.length - index)));
    if (length > most) break;
    left -= length;
    most = length;
  }
  return texts.map((one) => cutMiddle(one, Math.max(most, 1)));
}

/** What nobody was seen to take, in the same way. */
export function unhandledLines(flows: readonly UnhandledSummary[], width: number): Segment[][] {
  const names = ({ producer, subject, stream }: UnhandledSummary): Segment[] => {
    const place = stream === '' ? '' : STORED;
    const room = width - ARROW.length - place.length;
    const [from = '', over = '', into = ''] = cutToFit([producer, subject, stream], room);
    return [segment(from + ARROW), segment(over, 'strong'), segment(place + into)];
  };
  return withNames(flows, { names, named: FLOW_NAMES, figures: FLOW_FIGURES, width });
}

interface Parts<Row> {
  /** The names of a row in one line. */
  names: (row: Row) => Segment[];
  /** The same as columns. */
  named: readonly ListColumn<Row>[];
  figures: readonly ListColumn<Row>[];
  width: number;
}

const INDENT = '  ';
const ARROW = ' → ';
const STORED = ', stored in ';

function withNames<Row>(
  rows: readonly Row[],
  { names, named, figures, width }: Parts<Row>,
): Segment[][] {
  const whole = listTable([...named, ...figures], rows);
  if (whole.every((line) => widthOf(line) <= width)) return whole;
  const [heading = [], ...lines] = listTable(figures, rows, { width: width - INDENT.length }).map(
    (line) => [segment(INDENT), ...line],
  );
  return [heading, ...rows.flatMap((row, index) => [names(row), lines[index] ?? []])];
}

const text = <Row>(
  heading: string,
  of: (row: Row) => string,
  rest: { style?: Style; goes?: number } = {},
): ListColumn<Row> => {
  const { style, goes } = rest;
  return {
    key: heading,
    heading,
    text: of,
    sortValue: of,
    ...(style ? { style: () => style } : {}),
    ...(goes === undefined ? {} : { goes }),
  };
};

/** None is left empty: what is there stands out. */
const count = <Row>(
  heading: string,
  of: (row: Row) => number,
  rest: { style: Style; goes?: number },
): ListColumn<Row> => ({
  ...text<Row>(heading, (row) => (of(row) === 0 ? '' : String(of(row))), rest),
  isNumber: true,
});

const time = <Row>(heading: string, of: (row: Row) => string | undefined): ListColumn<Row> => ({
  ...text<Row>(heading, (row) => {
    const ns = of(row);
    return ns === undefined ? '?' : formatDuration(BigInt(ns));
  }),
  isNumber: true,
});

const PATH_NAMES: readonly ListColumn<PathSummary>[] = [
  text('producer', ({ producer }) => producer),
  text('subject', ({ subject }) => subject, { style: 'strong' }),
  text('consumer', ({ consumer }) => consumer),
];

const PATH_FIGURES: readonly ListColumn<PathSummary>[] = [
  { ...text('messages', ({ deliveries }) => String(deliveries)), isNumber: true },
  count('again', ({ redeliveries }) => redeliveries, { style: 'warning', goes: 2 }),
  count('errors', ({ errors }) => errors, { style: 'bad' }),
  time('P50', ({ total }) => total?.p50),
  time('P99', ({ total }) => total?.p99),
  text(
    'most time in',
    ({ slowest }) => (slowest ? `${slowest.stage} ${Math.round(slowest.share * 100)} %` : ''),
    { style: 'dim', goes: 1 },
  ),
];

const FLOW_NAMES: readonly ListColumn<UnhandledSummary>[] = [
  text('producer', ({ producer }) => producer),
  text('subject', ({ subject }) => subject, { style: 'strong' }),
  text('stream', ({ stream }) => stream),
];

const FLOW_FIGURES: readonly ListColumn<UnhandledSummary>[] = [
  count('messages', ({ messages }) => messages, { style: 'warning' }),
  count('expired', ({ expired }) => expired, { style: 'bad' }),
  count('refused', ({ refused }) => refused, { style: 'bad' }),
  count('acked unseen', ({ acked }) => acked, { style: 'dim', goes: 1 }),
];
