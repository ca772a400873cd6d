import { formatDuration } from '@hopline/model';
import type { StageFigures } from '@hopline/model/api';

/** Less than this is noise of sampling, not a change. */
const SAME_RATIO = 0.02;

/** How a duration differs from another one (both ns): `+12 ms`, `−30%`, `same`; null when unknown. */
export function changeLabel(
  ns: string,
  than: string | null,
): { text: string; isWorse: boolean } | null {
  if (than === null) return { text: 'not seen there', isWorse: false };
  const [now, before] = [BigInt(ns), BigInt(than)];
  const difference = now - before;
  const ratio =
    before === 0n ? (now === 0n ? 0 : 1) : Number(difference) / Math.abs(Number(before));
  if (Math.abs(ratio) < SAME_RATIO) return { text: 'same', isWorse: false };
  const sign = difference > 0n ? '+' : '−';
  const size = formatDuration(difference > 0n ? difference : -difference);
  const percent = Math.round(Math.abs(ratio) * 100);
  const part = before === 0n || percent > 999 ? '' : ` ${sign}${percent}%`;
  return { text: `${sign}${size}${part}`, isWorse: difference > 0n };
}

const MEANING = {
  measured: 'between marks of one clock',
  derived: 'between two clocks, whose offset was measured and taken off',
  adjusted: 'the clocks disagreed: corrected so that no stage is negative',
} as const;

/** How the values of a stage were got, the most frequent way first; shares of 1. */
export function provenanceParts(
  counts: StageFigures['provenance'],
): { word: keyof typeof MEANING; ratio: number; meaning: string }[] {
  const whole = counts.measured + counts.derived + counts.adjusted;
  return (['measured', 'derived', 'adjusted'] as const)
    .filter((word) => counts[word] > 0)
    .map((word) => ({ word, ratio: counts[word] / whole, meaning: MEANING[word] }))
    .sort((a, b) => b.ratio - a.ratio);
}
