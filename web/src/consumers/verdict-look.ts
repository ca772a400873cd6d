import type { Lag, Verdict } from '@hopline/model/api';
import type { Tone } from '../ui/fate-look.ts';
import { secondsLabel } from '../ui/seconds-text.ts';

export const VERDICT_TONE: Readonly<Record<Verdict, Tone>> = {
  ok: 'ok',
  lagging: 'warn',
  stalled: 'danger',
  stopped: 'danger',
  saturated: 'warn',
  starved: 'warn',
  'redelivery loop': 'danger',
  rewound: 'info',
  'expired data': 'danger',
  'warming up': 'neutral',
};

/** All of them, without the API's validators, which the browser does not carry. */
export const VERDICTS = Object.keys(VERDICT_TONE) as readonly Verdict[];

/** How bad, for sorting: the worst first when the largest is first. */
const RANK: Readonly<Record<Tone, number>> = { danger: 4, warn: 3, info: 2, neutral: 1, ok: 0 };
export const verdictRank = (verdict: Verdict): number => RANK[VERDICT_TONE[verdict]];

const METHODS: Readonly<Record<Lag['method'], string>> = {
  exact: 'exact: the store time of that very message',
  interpolated: 'interpolated: from sampled sequences and times of the stream',
  observed: 'observed: from the spans of the consumer',
  unknown: 'unknown: no way led to the store time',
};

/** `12 s`, and a tilde before it where it is not exact. */
export function lagLabel({ seconds, method }: Lag): string {
  return `${seconds === null || method === 'exact' ? '' : '~'}${secondsLabel(seconds)}`;
}

export const lagMethodWords = ({ method }: Lag): string => METHODS[method];
