import type { HopRow } from '@hopline/model';

/**
 * The path of one message as indented lines, one for each server, its store and its deliveries; children
 * in order of their text. Rows without their parent, and hops that were expected but did not report,
 * stand at the end, so that two trees are equal only when both are whole.
 */
export function hopTree(rows: HopRow[]): string[] {
  const known = new Set(rows.map((row) => row.hop));
  const roots = rows.filter((row) => row.hop === '');
  const orphans = rows.filter((row) => row.hop !== '' && !known.has(parentHop(row.hop)));
  const missing = rows.flatMap((row) => row.expects).filter((hop) => !known.has(hop));
  return [
    ...roots.flatMap((row) => subtree(row, rows)),
    ...orphans.map((row) => `orphan ${row.server_name} ${row.hop}`),
    ...missing.map((hop) => `missing ${hop}`),
  ];
}

function subtree(row: HopRow, rows: HopRow[]): string[] {
  const from = [row.ingress_kind, row.ingress_name].join(' ');
  const children = rows
    .filter((other) => other.hop !== '' && parentHop(other.hop) === row.hop)
    .map((other) => subtree(other, rows));
  const blocks = [...deliveries(row).map((line) => [line]), ...children];
  blocks.sort((one, other) => one[0]!.localeCompare(other[0]!));
  return [
    `${row.server_name} (${from}) ${row.account} ${row.subject}`,
    ...(row.stream === '' ? [] : [`  store ${row.stream}`]),
    ...blocks.flat().map((line) => `  ${line}`),
  ];
}

function deliveries(row: HopRow): string[] {
  return row.egress_kind.flatMap((kind, at) => {
    if (row.egress_hop[at] !== '') return [];
    const queue = row.egress_queue[at] === '' ? '' : ` queue ${row.egress_queue[at]}`;
    const account = row.egress_account[at] === '' ? '' : ` in ${row.egress_account[at]}`;
    return [`-> ${kind} ${row.egress_name[at]} ${row.egress_subscription[at]}${queue}${account}`];
  });
}

const parentHop = (hop: string): string => hop.split('.').slice(0, -1).join('.');
