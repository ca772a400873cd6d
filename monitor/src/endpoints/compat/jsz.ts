import { type Fields, fieldsAt, flagAt, isFields, listAt, numberAt, textAt } from '../fields.ts';
import { consumerRow, consumerSpecs } from './jsz-consumer.ts';
import {
  labelText,
  type MetricBlock,
  type MetricPlace,
  type MetricRow,
  specs,
} from './metric-block.ts';

export interface JszLabels {
  /** `server_name` of `/varz`: who is asked is a leader when the leader's name is this. */
  serverName: string;
  /** Keys of the metadata that become labels. */
  streamMetaKeys: readonly string[];
  consumerMetaKeys: readonly string[];
}

export type JszPlace = MetricPlace & JszLabels;

/** One page of `/jsz`, its streams cut out: in `stream_detail` of an account stand their numbers. */
export interface JszPage {
  rest: Fields;
  streams: readonly StreamRows[];
}

/** A stream and its consumers; the labels of server and account are still to come. */
export interface StreamRows {
  stream: MetricRow;
  sources: readonly MetricRow[];
  mirrors: readonly MetricRow[];
  consumers: readonly MetricRow[];
}

/** Key of the lists in `/jsz` that are cut out. */
const STREAMS_KEY = 'stream_detail';

/** One element of `stream_detail`. */
export function streamRows(stream: Fields, place: JszLabels): StreamRows {
  const labels = labelText(streamNames(stream, place));
  const mirror = stream['mirror'];
  return {
    stream: { labels, values: streamValues(stream) },
    sources: listAt(stream, 'sources').map((source) =>
      originRow(source, { labels, role: 'source' }),
    ),
    mirrors: isFields(mirror) ? [originRow(mirror, { labels, role: 'mirror' })] : [],
    consumers: listAt(stream, 'consumer_detail').map((consumer) =>
      consumerRow(consumer, { labels, place }),
    ),
  };
}

/** `/jsz`, all its pages of accounts. What the server was not asked for has no rows. */
export function jszBlocks(pages: readonly JszPage[], place: JszPlace): MetricBlock[] {
  const first = pages[0]?.rest ?? {};
  const labels = serverLabels(first, place);
  const rows: AllRows = { accounts: [], streams: [], sources: [], mirrors: [], consumers: [] };
  for (const page of pages) {
    for (const account of listAt(page.rest, 'account_details')) {
      addAccount(account, { labels, page, rows });
    }
  }
  const { namespace } = place;
  return [
    {
      metrics: serverSpecs(`${namespace}_server`),
      rows: [{ labels, values: serverValues(first) }],
    },
    { metrics: accountSpecs(`${namespace}_account`), rows: rows.accounts },
    { metrics: streamSpecs(`${namespace}_stream`), rows: rows.streams },
    { metrics: originSpecs(`${namespace}_stream_source`), rows: rows.sources },
    { metrics: originSpecs(`${namespace}_stream_mirror`), rows: rows.mirrors },
    { metrics: consumerSpecs(`${namespace}_consumer`), rows: rows.consumers },
  ];
}

type AllRows = Record<'accounts' | 'streams' | 'sources' | 'mirrors' | 'consumers', MetricRow[]>;

function addAccount(
  account: Fields,
  { labels: outer, page, rows }: { labels: string; page: JszPage; rows: AllRows },
): void {
  const name = textAt(account, 'name');
  const names = { account: name, account_name: name, account_id: textAt(account, 'id') };
  const labels = `${outer},${labelText(names)}`;
  const keys = ['reserved_storage', 'reserved_memory', 'storage', 'memory'];
  rows.accounts.push({ labels, values: keys.map((key) => numberAt(account, key)) });
  const within = ({ labels: inner, values }: MetricRow): MetricRow => ({
    labels: `${labels},${inner}`,
    values,
  });
  const numbers = account[STREAMS_KEY];
  for (const number of Array.isArray(numbers) ? numbers : []) {
    const found = page.streams[number as number];
    if (!found) continue;
    rows.streams.push(within(found.stream));
    for (const kind of ['sources', 'mirrors', 'consumers'] as const) {
      for (const row of found[kind]) rows[kind].push(within(row));
    }
  }
}

function serverLabels(jsz: Fields, { serverId, serverName }: JszPlace): string {
  const meta = jsz['meta_cluster'];
  const leader = isFields(meta) ? textAt(meta, 'leader') : '';
  return labelText({
    server_id: serverId,
    server_name: serverName,
    cluster: isFields(meta) ? textAt(meta, 'name') : '',
    domain: textAt(fieldsAt(jsz, 'config'), 'domain'),
    meta_leader: leader,
    is_meta_leader: String(!isFields(meta) || leader === serverName),
  });
}

function streamNames(stream: Fields, place: JszLabels): Record<string, string> {
  const cluster = stream['cluster'];
  const leader = isFields(cluster) ? textAt(cluster, 'leader') : '';
  const metadata = fieldsAt(fieldsAt(stream, 'config'), 'metadata');
  return {
    stream_name: textAt(stream, 'name'),
    stream_leader: leader,
    is_stream_leader: String(!isFields(cluster) || leader === place.serverName),
    stream_raft_group: textAt(stream, 'stream_raft_group'),
    ...Object.fromEntries(
      place.streamMetaKeys.map((key) => [`stream_meta_${key}`, textAt(metadata, key)]),
    ),
  };
}

const serverSpecs = (start: string) =>
  specs(start, {
    jetstream_disabled: '1 when JetStream is off',
    max_memory: 'most bytes of memory streams',
    max_storage: 'most bytes of file streams',
    total_streams: 'streams, replicas included',
    total_consumers: 'consumers, replicas included',
    total_messages: 'stored messages, replicas included',
    total_message_bytes: 'stored bytes, replicas included',
  });

function serverValues(jsz: Fields): number[] {
  const config = fieldsAt(jsz, 'config');
  return [
    Number(flagAt(jsz, 'disabled')),
    numberAt(config, 'max_memory'),
    numberAt(config, 'max_storage'),
    ...['streams', 'consumers', 'messages', 'bytes'].map((key) => numberAt(jsz, key)),
  ];
}

const accountSpecs = (start: string) =>
  specs(start, {
    max_storage: 'bytes of file streams reserved for the account',
    max_memory: 'bytes of memory streams reserved for the account',
    storage_used: 'bytes of file streams used',
    memory_used: 'bytes of memory streams used',
  });

const streamSpecs = (start: string) =>
  specs(start, {
    total_messages: 'stored messages',
    total_bytes: 'stored bytes',
    first_seq: 'sequence of the oldest message',
    last_seq: 'sequence of the newest message',
    consumer_count: 'consumers',
    subject_count: 'subjects with messages',
    limit_bytes: 'most bytes; -1 is no limit',
    limit_messages: 'most messages; -1 is no limit',
  });

function streamValues(stream: Fields): number[] {
  const state = fieldsAt(stream, 'state');
  const config = stream['config'];
  return [
    ...['messages', 'bytes', 'first_seq', 'last_seq', 'consumer_count', 'num_subjects'].map((key) =>
      numberAt(state, key),
    ),
    ...['max_bytes', 'max_msgs'].map((key) =>
      isFields(config) ? numberAt(config, key) : Number.NaN,
    ),
  ];
}

const originSpecs = (start: string) =>
  specs(start, {
    lag: 'messages that it is behind its origin',
    active_duration_ns: 'nanoseconds since it last heard of its origin; -1 when never',
  });

function originRow(
  origin: Fields,
  { labels, role }: { labels: string; role: 'source' | 'mirror' },
): MetricRow {
  const external = fieldsAt(origin, 'external');
  const names = {
    [`${role}_name`]: textAt(origin, 'name'),
    [`${role}_api`]: textAt(external, 'api'),
    [`${role}_deliver`]: textAt(external, 'deliver'),
  };
  return {
    labels: `${labels},${labelText(names)}`,
    values: [numberAt(origin, 'lag'), numberAt(origin, 'active')],
  };
}
