import { type MessageId, messageId, type SpanId, type TraceId } from '@hopline/model';
import type { HopHead } from '../store/store.ts';

/** One hand-over to a client connection that a server reported: a core NATS delivery. */
export interface ClientDelivery {
  hop: HopHead;
  /** Name of the connection; '' when it has none. */
  name: string;
  connectionId: string;
  subscription: string;
  queue: string;
  /** Unix ns, the server's clock. */
  time: string;
  /** '' when the message was handed over. */
  error: string;
}

/** What the servers told about one message. */
export interface HopTree {
  /** Each server once, in order of hop id: the publisher's server, then `1`, `1.1`, `2`, ... */
  hops: HopHead[];
  /** Hop ids that were announced, or must have been passed, and that did not report. */
  missing: string[];
  /** The server that took the message from its publisher. */
  origin: HopHead | undefined;
  /** The hop that stored it in a stream. */
  stored: HopHead | undefined;
  deliveries: ClientDelivery[];
}

/** Rows by the message whose context they carry. */
export const hopsByMessage = (rows: readonly HopHead[]): Map<MessageId, HopHead[]> =>
  Map.groupBy(rows, (row) => messageId(row.trace_id as TraceId, row.span_id as SpanId));

/** Orders the trace events of one message; any order and any duplicates give the same tree. */
export function hopTree(rows: readonly HopHead[]): HopTree {
  const byServer = new Map<string, HopHead>();
  for (const row of rows) {
    const key = `${row.server_id} ${row.hop}`;
    const known = byServer.get(key);
    if (!known || isFuller(row, known)) byServer.set(key, row);
  }
  const hops = [...byServer.values()].sort((a, b) => compareHops(a.hop, b.hop) || byId(a, b));
  return {
    hops,
    missing: missingHops(hops),
    origin: hops.find((row) => row.hop === ''),
    stored: hops.find((row) => row.stream !== '' && row.store_time !== '0'),
    deliveries: hops.flatMap(clientDeliveries),
  };
}

/** Announced, or passed on the way to one that reported, and not reported; in order of hop id. */
function missingHops(hops: readonly HopHead[]): string[] {
  const missing = new Set<string>();
  for (const by of hops) {
    for (const hop of by.expects) {
      const reports = hops.filter((row) => row.hop === hop && !isBehind(row, nameOf(hop, by)));
      if (reports.length === 0) missing.add(hop);
    }
    for (const hop of passedBefore(by.hop)) {
      if (!hops.some((row) => row.hop === hop)) missing.add(hop);
    }
  }
  return [...missing].sort(compareHops);
}

/** The server that `by` sent the message to as `hop`; '' when it does not say. */
export const nameOf = (hop: string, by: HopHead): string =>
  by.egress_name[by.egress_hop.indexOf(hop)] ?? '';

/**
 * A server that does not trace hands the hop id that it was given on to the next ones, and those report
 * under it: they name it as the one they have the message from.
 */
export const isBehind = (row: HopHead, silent: string): boolean =>
  silent !== '' && row.server_name !== silent && row.ingress_name === silent;

/** Only entries with a subscription are deliveries: other client entries are the server's own plumbing. */
function clientDeliveries(hop: HopHead): ClientDelivery[] {
  const found = new Map<string, ClientDelivery>();
  for (const [index, kind] of hop.egress_kind.entries()) {
    const subscription = hop.egress_subscription[index] ?? '';
    if (kind !== 'client' || subscription === '') continue;
    const connectionId = hop.egress_cid[index] ?? '';
    const queue = hop.egress_queue[index] ?? '';
    found.set(`${connectionId} ${subscription} ${queue}`, {
      hop,
      name: hop.egress_name[index] ?? '',
      connectionId,
      subscription,
      queue,
      time: hop.egress_time[index] ?? '0',
      error: hop.egress_error[index] ?? '',
    });
  }
  return [...found.values()];
}

/** `1.2.1` was reached through ``, `1` and `1.2`. */
function passedBefore(hop: string): string[] {
  if (hop === '') return [];
  const tokens = hop.split('.');
  return tokens.map((_, index) => tokens.slice(0, index).join('.'));
}

/** Hop id of the server before: of `1.2` it is `1`, of `1` the publisher's, ''. */
export const parentHop = (hop: string): string => hop.split('.').slice(0, -1).join('.');

function compareHops(a: string, b: string): number {
  const left = a === '' ? [] : a.split('.').map(Number);
  const right = b === '' ? [] : b.split('.').map(Number);
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

const byId = (a: HopHead, b: HopHead): number =>
  a.server_id < b.server_id ? -1 : a.server_id > b.server_id ? 1 : 0;

/** Between two reports of one server the one that tells more, else the later one by text: stable. */
function isFuller(row: HopHead, known: HopHead): boolean {
  const told = (hop: HopHead): number =>
    hop.egress_kind.length + hop.expects.length + (hop.store_time === '0' ? 0 : 1);
  const difference = told(row) - told(known);
  return difference > 0 || (difference === 0 && JSON.stringify(row) > JSON.stringify(known));
}
