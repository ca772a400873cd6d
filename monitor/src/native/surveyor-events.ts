import {
  labelText,
  type MetricBlock,
  type MetricType,
  specs,
} from '../endpoints/compat/metric-block.ts';
import {
  type Fields,
  fieldsAt,
  numberAt,
  parseFields,
  textAt,
  unixMsAt,
} from '../endpoints/fields.ts';
import { DurationHistogram, histogramBlocks } from './duration-histogram.ts';

/** Sets of labels of one metric; the first ones keep theirs. */
const MAX_ROWS = 5_000;
/** Bounds that Prometheus' client libraries take when told none, and so nats-surveyor. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ADVISORY = /^io\.nats\.jetstream\.advisory\.v1\.(\w+)$/;
const ACK = 'io.nats.jetstream.metric.v1.consumer_ack';
const SERVICE = 'io.nats.server.metric.v1.service_latency';

type Labels = Record<string, string>;

/**
 * Advisories, measured acks and the latency of services under nats-surveyor's names, since we started to
 * listen: `nats_jetstream_*` and `nats_latency_*`. Sources: nats-server's `server/jetstream_events.go` and
 * `server/accounts.go`.
 */
export class SurveyorEvents {
  readonly #counters = new Map<string, Map<string, number>>();
  readonly #histograms = new Map<string, Map<string, DurationHistogram>>();

  /** A message of `$JS.EVENT.>` in an account. */
  takeJetStream(account: string, text: string): void {
    const event = parseFields(text);
    const type = event ? textAt(event, 'type') : '';
    if (!event || type === '') {
      this.#add('jetstream_advisory_parse_errors', { account });
      return;
    }
    this.#add('jetstream_total_advisories', { account });
    const kind = type === ACK ? 'ack' : ADVISORY.exec(type)?.[1];
    const take =
      kind !== undefined && Object.hasOwn(this.#takers, kind) ? this.#takers[kind] : null;
    const stream = textAt(event, 'stream');
    if (take) take({ event, stream: { account, stream }, consumer: textAt(event, 'consumer') });
    else this.#add('jetstream_unknown_advisories', { schema: type, account });
  }

  /** A message of the latency subject of `service`. */
  takeLatency(service: string, text: string): void {
    const event = parseFields(text);
    if (!event || textAt(event, 'type') !== SERVICE) {
      this.#add('latency_observation_error_count', { service, account: '' });
      return;
    }
    const responder = fieldsAt(event, 'responder');
    const labels = { service, app: textAt(responder, 'name'), account: '' };
    this.#add('latency_observations_received_count', labels);
    // nats-surveyor's word for a request that has no status.
    const status = String(numberAt(event, 'status') || 500);
    this.#add('latency_observation_status_count', { service, status, account: '' });
    const seconds = {
      service_duration: numberAt(event, 'service'),
      total_duration: numberAt(event, 'total'),
      requestor_rtt: numberAt(fieldsAt(event, 'requestor'), 'rtt'),
      responder_rtt: numberAt(responder, 'rtt'),
      system_rtt: numberAt(event, 'system'),
    };
    for (const [key, ns] of Object.entries(seconds)) {
      this.#observe(`latency_${key}`, labels, ns / 1e9);
    }
  }

  /** `listeners`: connections that hear accounts, and services. */
  blocks(listeners: { accounts: number; services: number }): MetricBlock[] {
    return [
      block('jetstream_advisory_count', [['', listeners.accounts]], 'gauge'),
      block('latency_observations_count', [['', listeners.services]], 'gauge'),
      ...[...this.#counters].map(([key, rows]) => block(key, [...rows], 'counter')),
      ...[...this.#histograms].flatMap(([key, rows]) =>
        histogramBlocks(`nats_${key}`, HELP[key] ?? '', rows),
      ),
    ];
  }

  readonly #takers: Readonly<Record<string, (one: OfStream) => void>> = {
    api_audit: ({ event, stream: { account } }) =>
      this.#add('jetstream_api_audit', { subject: apiOf(textAt(event, 'subject')), account }),
    max_deliver: (one) =>
      this.#add(
        'jetstream_delivery_exceeded_count',
        ofConsumer(one),
        numberAt(one.event, 'deliveries'),
      ),
    terminated: (one) => this.#add('jetstream_delivery_terminated_count', ofConsumer(one)),
    nak: (one) => this.#add('jetstream_consumer_nak', ofConsumer(one)),
    ack: (one) => {
      const labels = ofConsumer(one);
      this.#observe(
        'jetstream_acknowledgement_duration',
        labels,
        numberAt(one.event, 'ack_time') / 1e9,
      );
      this.#add('jetstream_acknowledgement_deliveries', labels, numberAt(one.event, 'deliveries'));
    },
    consumer_action: ({ event, stream }) =>
      this.#add('jetstream_consumer_actions', { ...stream, action: textAt(event, 'action') }),
    stream_action: ({ event, stream }) =>
      this.#add('jetstream_stream_actions', { ...stream, action: textAt(event, 'action') }),
    consumer_leader_elected: ({ stream }) => this.#add('jetstream_consumer_leader_elected', stream),
    consumer_quorum_lost: ({ stream }) => this.#add('jetstream_consumer_quorum_lost', stream),
    stream_leader_elected: ({ stream }) => this.#add('jetstream_stream_leader_elected', stream),
    stream_quorum_lost: ({ stream }) => this.#add('jetstream_stream_quorum_lost', stream),
    snapshot_create: ({ event, stream }) =>
      this.#add(
        'jetstream_snapshot_size_bytes',
        stream,
        numberAt(event, 'blocks') * numberAt(event, 'block_size') ||
          numberAt(fieldsAt(event, 'state'), 'bytes'),
      ),
    snapshot_complete: ({ event, stream }) =>
      this.#observe('jetstream_snapshot_duration', stream, took(event)),
    restore_create: ({ stream }) => this.#add('jetstream_restore_created_count', stream),
    restore_complete: ({ event, stream }) => {
      this.#add('jetstream_restore_size_bytes', stream, numberAt(event, 'bytes'));
      this.#observe('jetstream_restore_duration', stream, took(event));
    },
  };

  #add(key: string, labels: Labels, by = 1): void {
    const rows = entryOf(this.#counters, key, () => new Map<string, number>());
    const text = labelText(labels);
    if (rows.has(text) || rows.size < MAX_ROWS) rows.set(text, (rows.get(text) ?? 0) + by);
  }

  #observe(key: string, labels: Labels, seconds: number): void {
    const rows = entryOf(this.#histograms, key, () => new Map<string, DurationHistogram>());
    const text = labelText(labels);
    if (!rows.has(text) && rows.size >= MAX_ROWS) return;
    if (seconds >= 0) entryOf(rows, text, () => new DurationHistogram(BOUNDS)).observe(seconds);
  }
}

interface OfStream {
  event: Fields;
  stream: { account: string; stream: string };
  consumer: string;
}

const ofConsumer = ({ stream, consumer }: OfStream): Labels => ({ ...stream, consumer });

/** Between the ends of a snapshot or restore; NaN where one is no time. */
const took = (event: Fields): number => (unixMsAt(event, 'end') - unixMsAt(event, 'start')) / 1000;

/** Without the names in it: each stream would be a series of its own. */
function apiOf(subject: string): string {
  const known =
    /^\$JS\.(?:[^.]+\.)?API\.((?:STREAM\.(?:MSG\.(?:GET|DELETE)|TEMPLATE\.\w+)|CONSUMER\.(?:DURABLE\.CREATE|MSG\.NEXT)|[A-Z]+\.[A-Z_]+|INFO))/.exec(
      subject,
    );
  return known ? `$JS.API.${known[1]}` : '$JS.API';
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const before = map.get(key);
  if (before !== undefined) return before;
  const made = make();
  map.set(key, made);
  return made;
}

const block = (
  key: string,
  rows: readonly (readonly [labels: string, value: number])[],
  type: MetricType,
): MetricBlock => ({
  metrics: specs('nats', { [key]: HELP[key] ?? '' }, type),
  rows: rows.map(([labels, value]) => ({ labels, values: [value] })),
});

const HELP: Readonly<Record<string, string>> = {
  jetstream_advisory_count: 'accounts whose advisories are heard',
  jetstream_advisory_parse_errors: 'messages that are no advisory',
  jetstream_total_advisories: 'advisories and measured acks heard',
  jetstream_unknown_advisories: 'advisories that have no metric of their own',
  jetstream_api_audit: 'requests to the JetStream API',
  jetstream_delivery_exceeded_count: 'deliveries of messages that were given up',
  jetstream_delivery_terminated_count: 'messages that their consumer terminated',
  jetstream_consumer_nak: 'deliveries that were refused',
  jetstream_acknowledgement_duration: 'seconds from delivery to ack, of measured acks',
  jetstream_acknowledgement_deliveries: 'deliveries that the measured acks took',
  jetstream_consumer_actions: 'consumers created and deleted',
  jetstream_stream_actions: 'streams created, changed and deleted',
  jetstream_consumer_leader_elected: 'leaders elected for consumers',
  jetstream_consumer_quorum_lost: 'consumers that lost their quorum',
  jetstream_stream_leader_elected: 'leaders elected for streams',
  jetstream_stream_quorum_lost: 'streams that lost their quorum',
  jetstream_snapshot_size_bytes: 'bytes of the snapshots made',
  jetstream_snapshot_duration: 'seconds that snapshots took',
  jetstream_restore_created_count: 'restores begun',
  jetstream_restore_size_bytes: 'bytes restored',
  jetstream_restore_duration: 'seconds that restores took',
  latency_observations_count: 'services whose latency is heard',
  latency_observations_received_count: 'requests that were measured',
  latency_observation_status_count: 'measured requests by status',
  latency_observation_error_count: 'messages that are no latency of a service',
  latency_service_duration: 'seconds within the service',
  latency_total_duration: 'seconds from request to reply',
  latency_requestor_rtt: 'round trip to who asked, seconds',
  latency_responder_rtt: 'round trip to the service, seconds',
  latency_system_rtt: 'seconds within NATS',
};
