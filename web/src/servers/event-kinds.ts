import type { EventTimeline } from '@hopline/model/api';

/** How many of each kind, the most frequent first; kinds that are chosen stand among them with 0. */
export function kindCounts(
  { counts }: EventTimeline,
  chosen: readonly string[],
): { kind: string; count: number }[] {
  const totals = new Map(chosen.map((kind) => [kind, 0]));
  for (const { kind, count } of counts) totals.set(kind, (totals.get(kind) ?? 0) + count);
  return [...totals]
    .map(([kind, count]) => ({ kind, count }))
    .sort((a, b) => b.count - a.count || a.kind.localeCompare(b.kind));
}

/** Only what is of the chosen kinds; all of it where none is chosen. */
export const timelineOf = (timeline: EventTimeline, chosen: readonly string[]): EventTimeline => ({
  ...timeline,
  counts: timeline.counts.filter(({ kind }) => chosen.length === 0 || chosen.includes(kind)),
});

/** What the address says as a list, and back: undefined for none. */
export const parseKinds = (kinds: string | undefined): string[] =>
  kinds?.split(',').filter(Boolean) ?? [];
export const kindsText = (kinds: readonly string[]): string | undefined =>
  kinds.length === 0 ? undefined : kinds.join(',');
