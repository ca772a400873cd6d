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

const LANES: readonly { tone: Tone; label: string; of: readonly Tone[] }[] = [
  { tone: 'danger', label: 'failures', of: ['danger'] },
  { tone: 'warn', label: 'warnings', of: ['warn'] },
  { tone: 'info', label: 'changes', of: ['info', 'ok', 'neutral'] },
];

/** The most urgent on top; a lane without events is none. */
export function lanesOf({ step, counts }: Counted): Lane[] {
  const stepMs = Number(step) / 1e6;
  return LANES.flatMap(({ tone, label, of }) => {
    const byTime = Map.groupBy(
      counts.filter(({ kind }) => of.includes(eventTone(kind))),
      ({ time }) => time,
    );
    const bars = [...byTime].map(([time, kinds]): Bar => {
      const fromMs = Number(BigInt(time) / 1_000n) / 1000;
      const sorted = [...kinds].sort((a, b) => b.count - a.count);
      const words = sorted.map(({ kind, count }) => `${count} ${eventWords(kind)}`).join(', ');
      return { fromMs, toMs: fromMs + stepMs, count: totalOf(kinds), words };
    });
    return bars.length === 0 ? [] : [{ tone, label, count: totalOf(bars), bars }];
  });
}

/** What each lane says of a time: the bar that it falls into, or the one beside it. */
export function barsAt(lanes: readonly Lane[], ms: number): { tone: Tone; bar: Bar }[] {
  return lanes.flatMap(({ tone, bars }) => {
    const distance = ({ fromMs, toMs }: Bar): number => Math.max(fromMs - ms, ms - toMs, 0);
    const nearest = bars.toSorted((a, b) => distance(a) - distance(b))[0];
    if (!nearest || distance(nearest) > nearest.toMs - nearest.fromMs) return [];
    return [{ tone, bar: nearest }];
  });
}

const totalOf = (counted: readonly { count: number }[]): number =>
  counted.reduce((sum, { count }) => sum + count, 0);
