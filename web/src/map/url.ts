import { GROUPINGS, type Grouping } from './groups.ts';

/** What the address says of the map. */
export interface MapSearch {
  /** Id of the node or edge whose panel is open. */
  selected?: string | undefined;
  /** Id of the node whose neighbours alone are shown. */
  focus?: string | undefined;
  /** How many services away the shown neighbours may be; 1 is left out. */
  hops?: string | undefined;
  /** Part of a name that is looked for. */
  find?: string | undefined;
  view?: 'table' | undefined;
  group?: Grouping | undefined;
  /** Moment of the replay, Unix ms; without it the whole range is shown at once. */
  at?: string | undefined;
}

const MAX_CHARS = 300;

/** What of `search` is valid; the rest is dropped. */
export function parseMapSearch(search: Record<string, unknown>): MapSearch {
  const parsed: MapSearch = {};
  for (const key of ['selected', 'focus', 'find'] as const) {
    const value = search[key];
    if (typeof value === 'string' && value.trim() !== '') parsed[key] = value.slice(0, MAX_CHARS);
  }
  if (/^[2-5]$/.test(String(search.hops ?? ''))) parsed.hops = String(search.hops);
  if (search.view === 'table') parsed.view = 'table';
  const group = GROUPINGS.find((name) => name === search.group);
  if (group) parsed.group = group;
  if (/^\d{1,15}$/.test(String(search.at ?? ''))) parsed.at = String(search.at);
  return parsed;
}
