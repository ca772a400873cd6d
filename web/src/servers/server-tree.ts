import type { ServerView } from '@hopline/model/api';

export type TreeRow =
  | { kind: 'group'; key: string; label: string; detail: string; servers: readonly ServerView[] }
  | { kind: 'server'; key: string; server: ServerView; isOddVersion: boolean };

const ALONE = 'Servers without a cluster';
const LEAFS = 'Leaf nodes';

/**
 * Clusters with their servers in the order of their names; below them what is joined by a leaf
 * connection only, and what stands alone. Gateways and leafs of a cluster stand on its line.
 */
export function serverTree(servers: readonly ServerView[]): TreeRow[] {
  const usual = usualVersion(servers);
  const leafs = leafNames(servers);
  const hubsOf = ({ name, cluster }: ServerView) => leafs.get(name) ?? leafs.get(cluster);
  const byGroup = Map.groupBy(
    servers,
    (server) => server.cluster || (hubsOf(server) ? LEAFS : ALONE),
  );
  const rank = ([label, members]: [string, readonly ServerView[]]): number =>
    label === ALONE ? 2 : members.every(hubsOf) ? 1 : 0;
  return [...byGroup]
    .sort((a, b) => rank(a) - rank(b) || byName(a[0], b[0]))
    .flatMap(([label, members]): TreeRow[] => [
      {
        kind: 'group',
        key: `cluster ${label}`,
        label,
        detail: clusterDetail(
          members,
          members.flatMap((member) => [...(hubsOf(member) ?? [])]),
        ),
        servers: members,
      },
      ...[...members]
        .sort((a, b) => byName(a.name, b.name))
        .map((server) => ({
          kind: 'server' as const,
          key: server.id || server.name,
          server,
          isOddVersion: server.version !== '' && server.version !== usual,
        })),
    ]);
}

/** The version that most servers have; of two equally common ones the newer. */
export function usualVersion(servers: readonly ServerView[]): string {
  const counts = new Map<string, number>();
  for (const { version } of servers) {
    if (version !== '') counts.set(version, (counts.get(version) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([a, x], [b, y]) => y - x || byName(b, a));
  return most?.[0] ?? '';
}

/** Names at the far end of leaf connections, and the clusters that are the hubs they see. */
function leafNames(servers: readonly ServerView[]): Map<string, Set<string>> {
  const hubs = servers.filter(
    ({ links }) => links.filter(({ kind }) => kind === 'leaf').length > 0,
  );
  const names = new Map<string, Set<string>>();
  for (const hub of hubs) {
    // A leaf node sees its hub as a leaf connection too; the one without routes is the leaf.
    if (!hub.links.some(({ kind }) => kind === 'route' || kind.startsWith('gateway'))) continue;
    for (const { kind, remote } of hub.links) {
      if (kind !== 'leaf') continue;
      names.set(remote, (names.get(remote) ?? new Set()).add(hub.cluster || hub.name));
    }
  }
  return names;
}

function clusterDetail(members: readonly ServerView[], hubs: readonly string[]): string {
  const links = members.flatMap(({ links }) => links);
  const gateways = new Set(
    links.filter(({ kind }) => kind.startsWith('gateway')).map(({ remote }) => remote),
  );
  const count = `${members.length} ${members.length === 1 ? 'server' : 'servers'}`;
  return [
    count,
    ...(hubs.length > 0 ? [`leaf of ${[...new Set(hubs)].sort(byName).join(', ')}`] : []),
    ...(gateways.size > 0 ? [`gateways to ${[...gateways].sort(byName).join(', ')}`] : []),
  ].join(' · ');
}

const byName = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
