import type {
  ReportedAsset,
  ReportedConsumer,
  ReportedStream,
} from '../endpoints/jetstream-asset.ts';

export interface LeaderAssets {
  /** One report per asset: that of its leader. By `assetKey`. */
  streams: Map<string, ReportedStream>;
  consumers: Map<string, ReportedConsumer>;
  /**
   * Assets that only followers reported, by the leader's name ('' while there is none). They are left
   * out: a follower answers 0 pending, or an old number, and a wrong number is worse than none.
   */
  unseen: Map<string, number>;
}

/** One truth per asset out of the answers of all servers. */
export function leaderAssets(reports: readonly ReportedAsset[]): LeaderAssets {
  const streams = new Map<string, ReportedStream>();
  const consumers = new Map<string, ReportedConsumer>();
  const followers = new Map<string, ReportedAsset>();
  for (const report of reports) {
    const key = assetKey(report);
    if (report.server !== report.view.leader) followers.set(key, report);
    else if (report.kind === 'stream') keepLater(streams, key, report);
    else keepLater(consumers, key, report);
  }
  const unseen = new Map<string, number>();
  for (const [key, { view }] of followers) {
    if (streams.has(key) || consumers.has(key)) continue;
    unseen.set(view.leader, (unseen.get(view.leader) ?? 0) + 1);
  }
  return { streams, consumers, unseen };
}

/** Two servers may both claim to lead while it changes hands: the later one does. */
function keepLater<T extends ReportedAsset>(known: Map<string, T>, key: string, report: T): void {
  const before = known.get(key);
  if (!before || BigInt(report.leaderSince) > BigInt(before.leaderSince)) known.set(key, report);
}

/** Servers outside of any cluster may hold unrelated streams of one name. */
export function assetKey(asset: ReportedAsset): string {
  const consumer = asset.kind === 'consumer' ? `/${asset.view.consumer}` : '';
  return streamKey(asset.view) + consumer;
}

/** Neither names of streams nor those of consumers hold a slash. */
export function streamKey(view: {
  cluster: string;
  leader: string;
  domain: string;
  account: string;
  stream: string;
}): string {
  const place = view.cluster === '' ? `server ${view.leader}` : `cluster ${view.cluster}`;
  return `${place}\n${view.domain}\n${view.account}\n${view.stream}`;
}
