import type { MessageSummary } from '@hopline/model/api';

export interface LiveRows {
  rows: readonly MessageSummary[];
  /** Messages of the newest page that the list does not show yet. */
  newCount: number;
  /** The newest page holds no known row: more may have come than it could hold. */
  isGap: boolean;
}

/**
 * Lays the newest page over the rows on the screen. Rows keep their places: what is known is brought
 * up to date (a message in flight gets its outcome), what is new is only counted.
 */
export function overlayNewest(
  rows: readonly MessageSummary[],
  newest: readonly MessageSummary[],
): LiveRows {
  const latest = new Map(newest.map((message) => [message.id, message]));
  let known = 0;
  const updated = rows.map((row) => {
    const message = latest.get(row.id);
    if (message) known += 1;
    return message ?? row;
  });
  return { rows: updated, newCount: newest.length - known, isGap: known === 0 && rows.length > 0 };
}
