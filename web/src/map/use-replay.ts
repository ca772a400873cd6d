import { useEffect, useMemo, useState } from 'react';
import type { TimeRange } from '../api/time-range.ts';
import { useTopology } from '../api/topology.ts';
import { mapAt, type Replay, rangeOfStep, replayOf, stepAt } from './replay.ts';

/** How long a step stays before the next one while it plays. */
const STAY_MS = 900;

/** What the replay bar shows and does. */
export interface ReplayState {
  replay: Replay;
  step: number;
  shown: { kind: 'between'; fromMs: number; toMs: number };
  isPlaying: boolean;
  /** The step's own figures are still on their way. */
  isLoading: boolean;
  play: (isOn: boolean) => void;
  go: (step: number) => void;
}

/**
 * The map of a range, or of a moment in it: `atMs` null means the whole range. A range that moves with
 * the clock has no moments; whoever starts a replay makes it stand still first.
 */
export function useReplay(options: {
  range: TimeRange;
  atMs: number | null;
  onAt: (atMs: number) => void;
}): {
  whole: ReturnType<typeof useTopology>;
  data: ReturnType<typeof useTopology>['data'];
  silent: ReadonlySet<string> | null;
  state: ReplayState | null;
} {
  const { range, atMs, onAt } = options;
  const [isPlaying, setPlaying] = useState(false);
  const replay = useMemo(
    () => (range.kind === 'between' && atMs !== null ? replayOf(range) : null),
    [range, atMs],
  );
  const step = replay && atMs !== null ? stepAt(replay, atMs) : 0;
  const shown = useMemo(() => replay && rangeOfStep(replay, step), [replay, step]);
  const isLast = replay !== null && step === replay.count - 1;
  const next = useMemo(
    () => (replay && !isLast ? rangeOfStep(replay, step + 1) : null),
    [replay, step, isLast],
  );
  const whole = useTopology(range);
  const moment = useTopology(shown ?? range);
  const isLoading = shown !== null && (moment.isPlaceholderData || moment.isPending);
  // Asked for ahead, so that a step does not wait for the server when its turn comes.
  useTopology(isPlaying && !isLoading && next ? next : range);
  useEffect(() => {
    if (!isPlaying || isLoading || !next) return;
    const timer = setTimeout(() => onAt(next.fromMs), STAY_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, isLoading, next, onAt]);
  const { data, silent } = useMemo(() => {
    if (!shown || !whole.data || !moment.data) return { data: whole.data, silent: null };
    const { topology, silent } = mapAt(whole.data, moment.data);
    return { data: topology, silent };
  }, [shown, whole.data, moment.data]);
  if (!replay || !shown) return { whole, data, silent, state: null };
  const go = (to: number): void =>
    onAt(rangeOfStep(replay, Math.min(replay.count - 1, Math.max(0, to))).fromMs);
  const play = (isOn: boolean): void => {
    setPlaying(isOn);
    // Played to the end, it begins again.
    if (isOn && isLast) go(0);
  };
  return {
    whole,
    data,
    silent,
    state: { replay, step, shown, isPlaying: isPlaying && !isLast, isLoading, play, go },
  };
}
