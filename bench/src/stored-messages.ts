import { randomBytes } from 'node:crypto';
import { ATTR, type HopRow, MESSAGING_SYSTEM } from '@hopline/model';
import { attributes, encodeRequest } from '../../server/src/store/insert/otlp-fixture.ts';

/** Spans that each message leaves: publish, two handlers, one settle, one query inside a handler. */
export const SPANS_PER_MESSAGE = 5;

/** A batch of messages as segments of the journal: what five services and one server tell of them. */
export interface MessageBatch {
  traces: Uint8Array;
  hops: string;
  /** Ids of the first message, for questions by id. */
  sample: { traceId: string; messageId: string; position: string };
}

const PRODUCERS = ['gateway', 'payment', 'inventory', 'shipping', 'billing', 'returns'] as const;
const MS = 1_000_000;

/** `count` messages published one after the other from `startNs` on, `gapNs` apart. */
export function messageBatch(options: {
  first: number;
  count: number;
  startNs: bigint;
  gapNs: bigint;
}): MessageBatch {
  const spans = new Map<string, object[]>();
  const hops: string[] = [];
  let sample: MessageBatch['sample'] | undefined;
  for (let index = 0; index < options.count; index++) {
    const number = options.first + index;
    const message = makeMessage(number, options.startNs + BigInt(index) * options.gapNs);
    for (const [service, span] of message.spans) {
      const own = spans.get(service);
      if (own) own.push(span);
      else spans.set(service, [span]);
    }
    hops.push(JSON.stringify(message.hop));
    sample ??= {
      traceId: message.traceId,
      messageId: `${message.traceId}-${message.spanId}`,
      position: message.position,
    };
  }
  const resource_spans = [...spans].map(([service, own]) => ({
    resource: {
      attributes: attributes({
        [ATTR.serviceName]: service,
        [ATTR.serviceInstanceId]: `${service}-1`,
      }),
    },
    scope_spans: [{ scope: { name: '@hopline/instrumentation' }, spans: own }],
  }));
  return {
    traces: encodeRequest('traces', { resource_spans }),
    hops: `${hops.join('\n')}\n`,
    sample: sample ?? { traceId: '', messageId: '', position: '' },
  };
}

function makeMessage(number: number, t0: bigint) {
  const trace = randomBytes(16);
  const publish = randomBytes(8);
  const handler = randomBytes(8);
  const producer = PRODUCERS[number % PRODUCERS.length]!;
  const subject = `${producer}.event-${number % 4}`;
  const handled = `${producer}-worker`;
  const stream = `S_${producer.toUpperCase()}`;
  // Every stage has a spread of its own; a slow one in a hundred.
  const slow = number % 100 === 37 ? 10 : 1;
  const spread = (ms: number): bigint => BigInt(Math.round(ms * MS * slow * (0.5 + Math.random())));
  const arrived = t0 + spread(0.4);
  const stored = arrived + spread(0.6);
  const received = stored + spread(3);
  const started = received + spread(0.2);
  const ended = started + spread(12);
  const settled = ended + spread(0.3);
  const sequence = BigInt(Math.floor(number / PRODUCERS.length) + 1);
  const both = {
    [ATTR.system]: MESSAGING_SYSTEM,
    [ATTR.destination]: subject,
    [ATTR.messageId]: `order-${number}`,
    [ATTR.stream]: stream,
    [ATTR.streamSequence]: sequence,
  };
  const jetstream = {
    ...both,
    [ATTR.operationName]: 'process',
    [ATTR.operationType]: 'process',
    [ATTR.consumer]: handled,
    [ATTR.deliveryCount]: 1n,
    [ATTR.storeTime]: String(stored),
    [ATTR.receiveTime]: String(received),
  };
  const core = {
    [ATTR.system]: MESSAGING_SYSTEM,
    [ATTR.destination]: subject,
    [ATTR.operationName]: 'process',
    [ATTR.operationType]: 'process',
    [ATTR.connectionName]: 'audit',
    [ATTR.receiveTime]: String(stored + spread(1)),
  };
  const span = (id: Buffer, parent: Buffer | undefined, rest: object) => ({
    trace_id: trace,
    span_id: id,
    ...(parent ? { parent_span_id: parent } : {}),
    ...rest,
  });
  const times = (from: bigint, to: bigint) => ({
    start_time_unix_nano: String(from),
    end_time_unix_nano: String(to),
  });
  const failed = number % 50 === 7;
  const spans: [service: string, span: object][] = [
    [
      producer,
      span(publish, undefined, {
        name: `publish ${subject}`,
        kind: 4,
        ...times(t0, stored + 300_000n),
        attributes: attributes({
          ...both,
          [ATTR.operationName]: 'publish',
          [ATTR.operationType]: 'send',
        }),
      }),
    ],
    [
      handled,
      span(handler, publish, {
        name: `process ${subject}`,
        kind: 5,
        ...times(started, ended),
        attributes: attributes(jetstream),
        ...(failed ? { status: { code: 2, message: 'card declined' } } : {}),
      }),
    ],
    [
      handled,
      span(randomBytes(8), handler, {
        name: `settle ${subject}`,
        kind: 3,
        ...times(settled, settled),
        attributes: attributes({
          ...both,
          [ATTR.operationName]: 'settle',
          [ATTR.operationType]: 'settle',
          [ATTR.disposition]: 'ack',
        }),
      }),
    ],
    [
      handled,
      span(randomBytes(8), handler, {
        name: 'SELECT orders',
        kind: 3,
        ...times(started + 1_000n, ended - 1_000n),
        attributes: attributes({ 'db.system.name': 'postgresql', 'db.namespace': 'shop' }),
      }),
    ],
    [
      'audit',
      // A new trace that only links to the message: what a back-link has to find.
      {
        trace_id: randomBytes(16),
        span_id: randomBytes(8),
        name: `process ${subject}`,
        kind: 5,
        ...times(stored + spread(2.5), stored + spread(6)),
        attributes: attributes(core),
        links: [{ trace_id: trace, span_id: publish }],
      },
    ],
  ];
  const traceId = trace.toString('hex');
  const spanId = publish.toString('hex');
  return {
    traceId,
    spanId,
    spans,
    position: `stream=${stream}&sequence=${sequence}`,
    hop: hopRow({ traceId, spanId, subject, stream, arrived, stored }),
  };
}

function hopRow(of: {
  traceId: string;
  spanId: string;
  subject: string;
  stream: string;
  arrived: bigint;
  stored: bigint;
}): HopRow {
  return {
    time: String(of.arrived),
    trace_id: of.traceId,
    span_id: of.spanId,
    server_id: 'S1',
    server_name: 'hub-1',
    cluster: 'hub',
    domain: '',
    version: '2.15.1',
    hop: '',
    expects: [],
    ingress_kind: 'client',
    ingress_cid: '7',
    ingress_name: of.subject,
    account: 'APP',
    subject: of.subject,
    size_bytes: 321,
    error: '',
    stream: of.stream,
    store_time: String(of.stored),
    store_error: '',
    change_kind: [],
    change_time: [],
    change_account: [],
    change_from: [],
    change_to: [],
    egress_kind: ['client'],
    egress_time: [String(of.stored)],
    egress_cid: ['31'],
    egress_name: ['audit'],
    egress_hop: [''],
    egress_account: [''],
    egress_subscription: ['>'],
    egress_queue: [''],
    egress_error: [''],
    raw: '{}',
  };
}
