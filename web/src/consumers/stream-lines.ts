import type { ResponseOf } from '@hopline/model/api';
import type { Series } from '../ui/time-chart.tsx';
import { msOf } from '../ui/unix-ms.ts';

type StreamResponse = ResponseOf<'stream'>;

/** What the stream stored by its leader's reports, and what was published into it, subject by subject. */
export function ingestSeries({ points, subjects, step }: StreamResponse): Series[] {
  const halfMs = msOf(step) / 2;
  const stored: Series = {
    label: 'stored',
    colour: 'var(--text-3)',
    points: points.map(({ time, ingestPerSecond }) => ({ x: msOf(time), y: ingestPerSecond })),
  };
  const colourOf = coloursOf(subjects.map(({ subject }) => subject));
  const published = subjects.map((row) => ({
    label: row.subject,
    colour: colourOf(row.subject),
    points: row.points.map(({ time, perSecond }) => ({ x: msOf(time) + halfMs, y: perSecond })),
  }));
  return [stored, ...published];
}

/** Seconds; a step is drawn at its middle. */
export function latencySeries(
  { latency, step }: StreamResponse,
  colourOf: (service: string) => string,
): Series[] {
  const halfMs = msOf(step) / 2;
  return latency.map(({ service, points }) => ({
    label: service || 'unknown',
    colour: colourOf(service),
    points: points.map(({ time, p99 }) => ({ x: msOf(time) + halfMs, y: Number(p99) / 1e9 })),
  }));
}

export function lagSeries({ consumers }: StreamResponse): Series[] {
  const colourOf = coloursOf(consumers.map(({ consumer }) => consumer));
  return consumers.map(({ consumer, points }) => ({
    label: consumer,
    colour: colourOf(consumer),
    points: points.map(({ time, completionLagSeconds }) => ({
      x: msOf(time),
      y: completionLagSeconds,
    })),
  }));
}

/** Far apart among the colours of services. */
const SLOTS = [1, 2, 3, 4, 7, 6, 5, 11];

/** A colour for each name that stays with it while the names stay the same, whichever is the busiest. */
function coloursOf(names: readonly string[]): (name: string) => string {
  const sorted = names.toSorted();
  return (name) => `var(--service-${SLOTS[sorted.indexOf(name) % SLOTS.length]})`;
}
