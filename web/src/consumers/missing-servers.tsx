import type { ReactNode } from 'react';
import { useServers } from '../api/cluster.ts';
import { Banner } from '../ui/banner.tsx';

/** Servers that say nothing: what only they lead is not in the tables, and nobody would miss it there. */
export function MissingServers(): ReactNode {
  const servers = useServers();
  const missing = (servers.data?.servers ?? []).filter(
    ({ state, figures }) => figures === null && state !== 'stopped' && state !== 'silent',
  );
  if (missing.length === 0) return null;
  const names = missing.map(({ name }) => name);
  const first = names.slice(0, 3).join(', ');
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return (
    <Banner tone="warn" title={`No answer from ${first}${more}.`}>
      Streams and consumers that only {names.length === 1 ? 'it has' : 'they have'} are not listed.
    </Banner>
  );
}
