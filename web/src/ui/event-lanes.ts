import { eventTone, eventWords } from './event-words.ts';
import type { Tone } from './fate-look.ts';

/** Events of one urgency in one part of the range. */
export interface Bar {
  fromMs: number;
  toMs: number;
  count: number;
  /** `12 Max deliver, 1 Terminated`: the most frequent first. */
  words: string;
}

export interface Lane {
  tone: Tone;
  label: string;
  count: number;
  bars: readonly Bar[];
}

/** As the API counts: `time` is where a part of length `step` begins; both in ns. */
interface Counted {
  step: string;
  counts: readonly { time: string; kind: string; count: number }[];
}

/** Told by services, not by servers: what went wrong above and below stand apart, under one another. */
const isServiceError = (kind: string): boolean => kind.endsWith('_failed');

const LANES: readonly { tone: Tone; label: string; has: (kind: string) => boolean }[] = [
  { tone: 'danger', label: 'service errors', has: isServiceError },
  {
    tone: 'danger',
    label: 'failures',
    has: (kind) => eventTone(kind) === 'danger' && !isServiceError(kind),
  },
  { tone: 'warn', label: 'warnings', has: (kind) => eventTone(kind) === 'warn' },
  { tone: 'info', label: 'changes', has: (kind) => !/danger|warn/.test(eventTone(kind)) },
];

/** All lanes, the most urgent on top: what comes or goes in one moves nothing below. */
export function lanesOf({ step, counts }: Counted): Lane[] {
  const stepMs = Number(step) / 1e6;
  return LANES.map(({ tone, label, has }) => {
    const byTime = Map.groupBy(
      counts.filter(({ kind }) => has(kind)),
      ({ time }) => time,
    );
    const bars = [...byTime].map(([time, kinds]): Bar => {
      const fromMs = Number(BigInt(time) / 1_000n) / 1000;
      const sorted = [...kinds].sort((a, b) => b.count - a.count);
      const words = sorted.map(({ kind, count }) => `${count} ${eventWords(kind)}`).join(', ');
      return { fromMs, toMs: fromMs + stepMs, count: totalOf(kinds), words };
    });
    return { tone, label, count: totalOf(bars), bars };
  });
}

/** What each lane says of a time: the bar that it falls into, or the one beside it. */
export function barsAt(lanes: readonly Lane[], ms: number): { lane: Lane; bar: Bar }[] {
  return lanes.flatMap((lane) => {
    const { bars } = lane;
    const distance = ({ fromMs, toMs }: Bar): number => Math.max(fromMs - ms, ms - toMs, 0);
    const nearest = bars.toSorted((a, b) => distance(a) - distance(b))[0];
    if (!nearest || distance(nearest) > nearest.toMs - nearest.fromMs) return [];
    return [{ lane, bar: nearest }];
  });
}

const totalOf = (counted: readonly { count: number }[]): number =>
  counted.reduce((sum, { count }) => sum + count, 0);
