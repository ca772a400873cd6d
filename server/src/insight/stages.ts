import { type DurationNs, durationNs, type Stage, type StageName } from '@hopline/model';
import type { Mark, Offsets } from './clocks.ts';

/** The marks of one attempt, null where nobody told (docs/message-model.md names them). */
export interface AttemptMarks {
  /** T0; for a redelivery the end of the attempt before. */
  begin: Mark | null;
  /** Tin */
  arrived: Mark | null;
  /** Tst, JetStream only. */
  stored: Mark | null;
  /** Teg, core NATS only. */
  handedOver: Mark | null;
  /** T3 */
  received: Mark | null;
  /** T4 */
  started: Mark;
  /** T5 */
  ended: Mark;
  /** T6, or T7 where the server confirmed; null without a settle span. */
  settled: Mark | null;
}

interface Step {
  name: StageName;
  to: Mark | null;
}

/**
 * The stages of one attempt, in order. Neighbours without a mark between them are one stage: `store` for
 * send and broker of a JetStream publish, `transit` for anything else.
 */
export function stagesOf(
  marks: AttemptMarks,
  kind: 'core' | 'jetstream' | 'redelivery',
  offsets: Offsets,
): Stage[] {
  const stages: Stage[] = [];
  let from = marks.begin;
  let pending: StageName[] = [];
  for (const { name, to } of stepsOf(marks, kind)) {
    pending.push(name);
    if (to === null) continue;
    stages.push({ ...nameOf(pending), ...between(from, to, offsets) });
    from = to;
    pending = [];
  }
  return stages;
}

function stepsOf(marks: AttemptMarks, kind: 'core' | 'jetstream' | 'redelivery'): Step[] {
  const way: Record<typeof kind, Step[]> = {
    core: [
      { name: 'send', to: marks.arrived },
      { name: 'broker', to: marks.handedOver },
      { name: 'deliver', to: marks.received },
    ],
    jetstream: [
      { name: 'send', to: marks.arrived },
      { name: 'broker', to: marks.stored },
      { name: 'queue', to: marks.received },
    ],
    // The message waits in the stream again: nothing is sent nor stored.
    redelivery: [{ name: 'queue', to: marks.received }],
  };
  const steps: Step[] = [
    ...way[kind],
    { name: 'buffer', to: marks.started },
    { name: 'process', to: marks.ended },
  ];
  // A handler may acknowledge before it ends: then no settling is left after it.
  if (marks.settled !== null && kind !== 'core' && marks.settled.at > marks.ended.at) {
    steps.push({ name: 'settle', to: marks.settled });
  }
  return steps;
}

function nameOf(names: StageName[]): { name: StageName; merged?: StageName[] } {
  const [first, second] = names;
  if (first !== undefined && names.length === 1) return { name: first };
  // `store` is the model's name for these two together.
  if (names.length === 2 && first === 'send' && second === 'broker') {
    return { name: 'store', merged: names };
  }
  return { name: 'transit', merged: names };
}

/** The time between two marks: as it stands on one clock, else corrected; never negative. */
export function between(
  from: Mark | null,
  to: Mark,
  offsets: Offsets,
): Pick<Stage, 'duration' | 'provenance' | 'raw'> {
  if (from === null) return { duration: null, provenance: 'unknown' };
  const raw = (to.at - from.at) as DurationNs;
  if (from.clock === to.clock && raw >= 0n) return { duration: raw, provenance: 'measured' };
  const shift = (offsets.get(to.clock) ?? 0n) - (offsets.get(from.clock) ?? 0n);
  const corrected = durationNs(raw - shift);
  if (corrected === raw && raw >= 0n) return { duration: raw, provenance: 'derived' };
  const duration = corrected < 0n ? durationNs(0n) : corrected;
  return { duration, provenance: 'adjusted', raw };
}
