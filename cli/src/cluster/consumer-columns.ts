import type { ConsumerView } from '@hopline/model/api';
import { countText, rateText, secondsText } from '../figure-text.ts';
import type { ListColumn } from '../list-table.ts';
import type { Style } from '../terminal-text.ts';

const VERDICT_STYLE: Readonly<Record<ConsumerView['verdict'], Style>> = {
  ok: 'good',
  lagging: 'warning',
  stalled: 'bad',
  stopped: 'bad',
  saturated: 'warning',
  starved: 'warning',
  'redelivery loop': 'bad',
  rewound: 'busy',
  'expired data': 'bad',
  'warming up': 'dim',
};

/** A lag that is not exact has a tilde before it. */
function lagText({ completionLag: { seconds, method } }: ConsumerView): string {
  return `${seconds !== null && method !== 'exact' ? '~' : ''}${secondsText(seconds)}`;
}

/** A consumer as a line of `hopline lag` and `hopline top`. */
export const CONSUMER_COLUMNS: readonly ListColumn<ConsumerView>[] = [
  {
    key: 'name',
    heading: 'STREAM/CONSUMER',
    text: ({ stream, consumer }) => `${stream}/${consumer}`,
    sortValue: ({ stream, consumer }) => `${stream}/${consumer}`,
  },
  {
    key: 'verdict',
    heading: 'VERDICT',
    text: ({ verdict }) => verdict,
    style: ({ verdict }) => VERDICT_STYLE[verdict],
    sortValue: ({ verdict }) =>
      ['bad', 'warning', 'busy', 'dim', 'good'].indexOf(VERDICT_STYLE[verdict]) * -1,
  },
  {
    key: 'lag',
    heading: 'LAG',
    isNumber: true,
    text: lagText,
    sortValue: ({ completionLag }) => completionLag.seconds,
  },
  number('backlog', 'BACKLOG', ({ backlog }) => backlog, countText),
  { ...number('inflight', 'IN FLIGHT', ({ inFlight }) => inFlight, countText), goes: 2 },
  { ...number('redelivered', 'REDELIVERED', ({ redelivered }) => redelivered, countText), goes: 4 },
  { ...number('in', 'IN', ({ arrivalPerSecond }) => arrivalPerSecond, rateText), goes: 3 },
  { ...number('acks', 'ACKED', ({ ackPerSecond }) => ackPerSecond, rateText), goes: 5 },
  { ...number('drain', 'DRAINED IN', ({ drainSeconds }) => drainSeconds, secondsText), goes: 1 },
];

function number(
  key: string,
  heading: string,
  ...[of, text]: [(row: ConsumerView) => number | null, (value: number | null) => string]
): ListColumn<ConsumerView> {
  return { key, heading, isNumber: true, text: (row) => text(of(row)), sortValue: of };
}
