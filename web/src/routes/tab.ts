/** What of a message or trace is shown below or instead; the waterfall goes without saying. */
export const TABS = ['logs', 'conversation', 'events'] as const;
export type Tab = (typeof TABS)[number];

export interface TabSearch {
  tab?: Tab | undefined;
}

export function parseTabSearch(search: Record<string, unknown>): TabSearch {
  const tab = TABS.find((name) => name === search.tab);
  return tab ? { tab } : {};
}
