import type { AssetRow } from '@hopline/model';
import type { ReportedAsset } from './endpoints/jsz.ts';

export interface LeaderRows {
  /** One row per asset: the one that its leader reported. */
  rows: AssetRow[];
  /**
   * Assets that only followers reported, by the leader's name ('' while there is none). They have no
   * row: a follower answers 0 pending, or an old number, and a wrong number is worse than none.
   */
  unseen: Map<string, number>;
}

/** One truth per asset out of the answers of all servers. */
export function leaderRows(reports: ReportedAsset[]): LeaderRows {
  const leaders = new Map<string, ReportedAsset>();
  const followers = new Map<string, ReportedAsset>();
  for (const report of reports) {
    const { row, leader } = report;
    const known = row.server_name === leader ? leaders : followers;
    const key = assetKey(row);
    const before = known.get(key);
    // Two servers may both claim to lead while it changes hands: the later one does.
    if (!before || BigInt(report.leaderSince) > BigInt(before.leaderSince)) known.set(key, report);
  }
  const unseen = new Map<string, number>();
  for (const [key, { leader }] of followers) {
    if (!leaders.has(key)) unseen.set(leader, (unseen.get(leader) ?? 0) + 1);
  }
  return { rows: [...leaders.values()].map((report) => report.row), unseen };
}

/** Servers outside of any cluster may hold unrelated streams of one name. */
function assetKey(row: AssetRow): string {
  const place = row.cluster === '' ? ['', row.server_name] : [row.cluster, ''];
  return JSON.stringify([...place, row.domain, row.account, row.kind, row.stream, row.consumer]);
}
