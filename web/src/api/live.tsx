import type { LIVE_PATH } from '@hopline/model/api';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { isLive } from './live-query.ts';
import { throttle } from './throttle.ts';

/** `paused`: the user looks at a fixed range or asked for quiet; `broken`: being connected again. */
export type LiveState = 'live' | 'connecting' | 'broken' | 'paused';

const PATH: typeof LIVE_PATH = '/api/v1/live';
/** Rest between two rounds of questions, however fast the server stores. */
const MIN_REFRESH_MS = 1_000;
const RETRY_MS = 3_000;

const Context = createContext<LiveState>('paused');

export const useLiveState = (): LiveState => useContext(Context);

/** Holds the one event stream of the page and asks live queries again when rows were stored. */
export function LiveProvider(props: { enabled: boolean; children: ReactNode }): ReactNode {
  const queryClient = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  const { enabled } = props;
  useEffect(() => {
    if (!enabled) return;
    setState('connecting');
    return listen(queryClient, setState);
  }, [enabled, queryClient]);
  return <Context value={enabled ? state : 'paused'}>{props.children}</Context>;
}

function listen(queryClient: QueryClient, onState: (state: LiveState) => void): () => void {
  const refresh = throttle((): Promise<void> | undefined => {
    // A hidden tab asks nothing; it catches up on the first event after it is shown again.
    if (document.hidden) return;
    // An answer on its way is waited for: asked anew every second, a slow one would never arrive.
    return queryClient.invalidateQueries({ predicate: isLive }, { cancelRefetch: false });
  }, MIN_REFRESH_MS);
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const connect = () => {
    source = new EventSource(PATH);
    source.addEventListener('open', () => {
      onState('live');
      refresh.call();
    });
    source.addEventListener('stored', () => refresh.call());
    source.addEventListener('error', () => {
      onState('broken');
      // The browser reconnects by itself unless the answer was refused outright.
      if (source?.readyState !== EventSource.CLOSED) return;
      clearTimeout(retry);
      retry = setTimeout(connect, RETRY_MS);
    });
  };
  const onVisible = () => {
    if (!document.hidden) refresh.call();
  };
  connect();
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    document.removeEventListener('visibilitychange', onVisible);
    clearTimeout(retry);
    refresh.cancel();
    source?.close();
  };
}
