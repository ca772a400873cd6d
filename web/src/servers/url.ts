export const SERVER_TABS = ['servers', 'connections', 'events'] as const;
/** As much as the API takes. */
const MAX_CHARS = 200;

export type ServerTab = (typeof SERVER_TABS)[number];

/** What the address says of this page. */
export interface ServersSearch {
  tab?: ServerTab | undefined;
  /** Name of the server whose details are open, or whose connections and events are listed. */
  server?: string | undefined;
  /** Of the connections that are listed. */
  state?: 'closed' | 'slow' | undefined;
  /** Of the events that are listed: these kinds only, a comma between them. */
  kinds?: string | undefined;
  /** As in ui/sort-rows.ts. */
  sort?: string | undefined;
  /** Text that a row must hold. */
  find?: string | undefined;
}

/** Changes what it names; undefined takes it out of the address. */
export type ChangeSearch = (change: { [key in keyof ServersSearch]: ServersSearch[key] }) => void;

/** What of `search` is valid; the rest is dropped. */
export function parseServersSearch(search: Record<string, unknown>): ServersSearch {
  const tab = SERVER_TABS.find((one) => one === search.tab);
  const state = (['closed', 'slow'] as const).find((one) => one === search.state);
  const [server, kinds, sort, find] = [search.server, search.kinds, search.sort, search.find].map(
    (value) => (typeof value === 'string' ? value.slice(0, MAX_CHARS) : ''),
  );
  return {
    ...(tab && tab !== 'servers' ? { tab } : {}),
    ...(state ? { state } : {}),
    ...(server ? { server } : {}),
    ...(kinds ? { kinds } : {}),
    ...(sort ? { sort } : {}),
    ...(find ? { find } : {}),
  };
}
