import type { AssetRow } from '@hopline/model';
import {
  type Fields,
  fieldsAt,
  integerAt,
  listAt,
  parseFields,
  textAt,
  textsAt,
  timeAt,
  uint64At,
} from './fields.ts';
import type { ServerIdentity } from './varz.ts';

/** One stream or consumer as one server reported it, leader or not. */
export interface ReportedAsset {
  row: AssetRow;
  /** Name of the server that leads it; '' while it has none (an election, or no quorum). */
  leader: string;
  /** Unix ns since when it leads; '0' when the server does not say (older ones, single replicas). */
  leaderSince: string;
}

export interface JszPage {
  assets: ReportedAsset[];
  /** Accounts on this page, and in all. */
  accounts: number;
  totalAccounts: number;
}

/**
 * One page of `/jsz?accounts=true&streams=true&consumers=true&config=true`. Null when `text` is no such
 * answer. A server without JetStream has no assets.
 */
export function decodeJsz(text: string, server: ServerIdentity): JszPage | null {
  const jsz = parseFields(text);
  const time = jsz && timeAt(jsz, 'now');
  if (!jsz || !time) return null;
  const accounts = listAt(jsz, 'account_details');
  const assets = accounts.flatMap((account) =>
    listAt(account, 'stream_detail').flatMap((stream) =>
      streamAssets(stream, { server, time, account: textAt(account, 'name') }),
    ),
  );
  return { assets, accounts: accounts.length, totalAccounts: integerAt(jsz, 'total') };
}

interface Place {
  server: ServerIdentity;
  time: string;
  account: string;
}

function streamAssets(stream: Fields, place: Place): ReportedAsset[] {
  const name = textAt(stream, 'name');
  const state = fieldsAt(stream, 'state');
  const row: AssetRow = {
    ...emptyRow(place, name),
    subjects: textsAt(fieldsAt(stream, 'config'), 'subjects'),
    messages: uint64At(state, 'messages'),
    bytes: uint64At(state, 'bytes'),
    first_seq: uint64At(state, 'first_seq'),
    last_seq: uint64At(state, 'last_seq'),
  };
  const consumers = listAt(stream, 'consumer_detail').map((consumer) => ({
    row: consumerRow(consumer, emptyRow(place, name)),
    ...leaderOf(consumer, place.server),
  }));
  return [{ row, ...leaderOf(stream, place.server) }, ...consumers];
}

function consumerRow(consumer: Fields, empty: AssetRow): AssetRow {
  const config = fieldsAt(consumer, 'config');
  const filter = textAt(config, 'filter_subject');
  return {
    ...empty,
    kind: 'consumer',
    consumer: textAt(consumer, 'name'),
    subjects: filter === '' ? textsAt(config, 'filter_subjects') : [filter],
    queue_group: textAt(config, 'deliver_group'),
    num_pending: uint64At(consumer, 'num_pending'),
    num_ack_pending: uint64At(consumer, 'num_ack_pending'),
    num_redelivered: uint64At(consumer, 'num_redelivered'),
    num_waiting: uint64At(consumer, 'num_waiting'),
    delivered_stream_seq: uint64At(fieldsAt(consumer, 'delivered'), 'stream_seq'),
    ack_floor_stream_seq: uint64At(fieldsAt(consumer, 'ack_floor'), 'stream_seq'),
    max_deliver: integerAt(config, 'max_deliver', { min: -1, otherwise: -1 }),
  };
}

/** A server outside of any cluster leads whatever it has; servers before 2.12 do not say so. */
function leaderOf(asset: Fields, server: ServerIdentity) {
  const cluster = fieldsAt(asset, 'cluster');
  const named = textAt(cluster, 'leader');
  return {
    leader: named === '' && server.cluster === '' ? server.name : named,
    leaderSince: timeAt(cluster, 'leader_since') ?? '0',
  };
}

function emptyRow({ server, time, account }: Place, stream: string): AssetRow {
  return {
    time,
    kind: 'stream',
    account,
    domain: server.domain,
    cluster: server.cluster,
    server_name: server.name,
    stream,
    consumer: '',
    subjects: [],
    queue_group: '',
    messages: '0',
    bytes: '0',
    first_seq: '0',
    last_seq: '0',
    num_pending: '0',
    num_ack_pending: '0',
    num_redelivered: '0',
    num_waiting: '0',
    delivered_stream_seq: '0',
    ack_floor_stream_seq: '0',
    max_deliver: -1,
  };
}
