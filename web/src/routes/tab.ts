/** Which half of a message's or trace's lower part is shown; the waterfall goes without saying. */
export interface TabSearch {
  tab?: 'logs' | undefined;
}

export const parseTabSearch = (search: Record<string, unknown>): TabSearch =>
  search.tab === 'logs' ? { tab: 'logs' } : {};
