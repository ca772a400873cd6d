import type { Verdict } from '@hopline/model/api';
import { VERDICTS } from './verdict-look.ts';

/** What the address says of the two lists. */
export interface ConsumersSearch {
  tab?: 'streams' | undefined;
  find?: string | undefined;
  verdict?: Verdict | undefined;
  /** As in ui/sort-rows.ts. */
  sort?: string | undefined;
}

/** Changes what it names; undefined takes it out of the address. */
export type ChangeSearch = (
  change: { [key in keyof ConsumersSearch]: ConsumersSearch[key] },
) => void;

/** What of `search` is valid; the rest is dropped. */
export function parseConsumersSearch(search: Record<string, unknown>): ConsumersSearch {
  const verdict = VERDICTS.find((one) => one === search.verdict);
  const [find, sort] = [search.find, search.sort].map((value) =>
    typeof value === 'string' ? value.slice(0, 200) : '',
  );
  return {
    ...(search.tab === 'streams' ? { tab: 'streams' } : {}),
    ...(find ? { find } : {}),
    ...(verdict ? { verdict } : {}),
    ...(sort ? { sort } : {}),
  };
}

/** Of the page of one stream or consumer: needed where two accounts have a stream of one name. */
export function parseAccountSearch(search: Record<string, unknown>): {
  account?: string | undefined;
} {
  return typeof search.account === 'string' && search.account !== ''
    ? { account: search.account.slice(0, 200) }
    : {};
}
