/**
 * One message and one delivery of it, told in each shape a consumer may have, with marks that are known:
 * what a path says of it must not depend on the shape.
 */
import { ATTR } from '@hopline/model';
import { attributes, encodeRequest } from '../store/insert/otlp-fixture.ts';

export const SHAPES = ['child', 'link', 'batch', 'under-receive'] as const;
export type Shape = (typeof SHAPES)[number];

/** What really happened, in ms: each mark is the end of its stage. */
export const TRUTH = { store: 3, queue: 40, buffer: 7, process: 25, settle: 2 } as const;

export interface Told {
  /** 1 to 9: runs share neither messages nor processes. */
  run: number;
  /** Publish called, Unix ns, true time. */
  begin: bigint;
  /** How far the consumer's clock is ahead, ns. */
  consumerSkew?: bigint;
  /** How far the producer's clock is ahead, ns. */
  producerSkew?: bigint;
  /** More waiting in the stream than TRUTH has, ns. */
  late?: bigint;
  /** The producer did not wait for its PubAck. */
  isUnacknowledged?: boolean;
}

const NS_PER_MS = 1_000_000n;
const ms = (count: number): bigint => BigInt(count) * NS_PER_MS;
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
type Which = Pick<Told, 'run'>;

const digitsOf = ({ run }: Which, shape: Shape, role: number): string =>
  `${run}${SHAPES.indexOf(shape) + 1}${role}`;
const traceIdOf = (told: Which, shape: Shape, role: number): string =>
  digitsOf(told, shape, role).padEnd(32, 'e');
const spanIdOf = (told: Which, shape: Shape, role: number): string =>
  digitsOf(told, shape, role).padEnd(16, 'e');

const traceOf = (told: Which, shape: Shape): string => traceIdOf(told, shape, 1);
export const messageOf = (told: Which, shape: Shape): string =>
  `${traceOf(told, shape)}-${spanIdOf(told, shape, 3)}`;
/** One for all shapes: together they are one path. */
export const subjectOf = ({ run }: Which): string => `shapes.${'-abcdefghi'[run]}`;
/** The handler's trace: the message's own for a child, else the consumer's. */
export const handlerTraceOf = (told: Which, shape: Shape): string =>
  shape === 'child' ? traceOf(told, shape) : traceIdOf(told, shape, 2);

interface Span {
  trace: string;
  id: string;
  parent?: string;
  kind: 3 | 4 | 5;
  begin: bigint;
  end: bigint;
  attributes: Record<string, unknown>;
  links?: { trace: string; id: string; sequence?: bigint }[];
}

function request(service: string, { run }: Which, spans: Span[]): Uint8Array {
  return encodeRequest('traces', {
    resource_spans: [
      {
        resource: {
          attributes: attributes({
            [ATTR.serviceName]: service,
            [ATTR.serviceInstanceId]: `${service}-${run}`,
          }),
        },
        scope_spans: [{ scope: { name: 'shapes' }, spans: spans.map(encoded) }],
      },
    ],
  });
}

const encoded = (span: Span): object => ({
  trace_id: hex(span.trace),
  span_id: hex(span.id),
  parent_span_id: hex(span.parent ?? ''),
  name: String(span.attributes[ATTR.operationName]),
  kind: span.kind,
  start_time_unix_nano: String(span.begin),
  end_time_unix_nano: String(span.end),
  attributes: attributes({ [ATTR.system]: 'nats', ...span.attributes }),
  links: (span.links ?? []).map(({ trace, id, sequence }) => ({
    trace_id: hex(trace),
    span_id: hex(id),
    attributes: sequence === undefined ? [] : attributes({ [ATTR.streamSequence]: sequence }),
  })),
});

export const sequenceOf = ({ run }: Which, shape: Shape): bigint =>
  BigInt(run * 10 + SHAPES.indexOf(shape));

/** The producer's export: its publish, answered by a PubAck unless it did not wait for it. */
export function producerRequest(shape: Shape, told: Told): Uint8Array {
  const { begin, producerSkew = 0n } = told;
  const start = begin + producerSkew;
  return request('shop', told, [
    {
      trace: traceOf(told, shape),
      id: spanIdOf(told, shape, 3),
      kind: 4,
      begin: start,
      end: start + ms(TRUTH.store) + NS_PER_MS,
      attributes: {
        [ATTR.operationName]: 'publish',
        [ATTR.operationType]: 'send',
        [ATTR.destination]: subjectOf(told),
        ...(told.isUnacknowledged
          ? {}
          : { [ATTR.stream]: 'SHAPES', [ATTR.streamSequence]: sequenceOf(told, shape) }),
      },
    },
  ]);
}

/** How long the leader waits for an ack that was sent, ns. */
const ACK_WAY_NS = 300_000n;

/** What a sweep saw of the consumer just after the leader had its ack of the message. */
export function ackFloorRow(shape: Shape, told: Told): object {
  const { begin, late = 0n } = told;
  const { settle, ...before } = TRUTH;
  const waited = Object.values(before).reduce((all, stage) => all + ms(stage), late);
  const acked = begin + waited + ms(settle) + ACK_WAY_NS;
  const sequence = String(sequenceOf(told, shape));
  return {
    time: String(acked + NS_PER_MS),
    kind: 'consumer',
    account: 'APP',
    domain: '',
    cluster: 'hub',
    server_name: 'n1',
    stream: 'SHAPES',
    consumer: 'worker',
    subjects: [],
    queue_group: '',
    ...Object.fromEntries(COUNTS.map((count) => [count, '0'])),
    delivered_stream_seq: sequence,
    ack_floor_stream_seq: sequence,
    last_ack_time: String(acked),
    max_deliver: -1,
  };
}

const COUNTS = [
  'messages',
  'bytes',
  'first_seq',
  'last_seq',
  'num_pending',
  'num_ack_pending',
  'num_redelivered',
  'num_waiting',
];

/** T3 on the consumer's clock, ns. */
export const receivedAt = ({ begin, consumerSkew = 0n, late = 0n }: Told): bigint =>
  begin + ms(TRUTH.store) + ms(TRUTH.queue) + late + consumerSkew;

/** The consumer's export: what it received, handled and acknowledged. */
export function consumerRequest(shape: Shape, told: Told): Uint8Array {
  const stored = told.begin + ms(TRUTH.store);
  const received = receivedAt(told);
  const started = received + ms(TRUTH.buffer);
  const ended = started + ms(TRUTH.process);
  const trace = handlerTraceOf(told, shape);
  const [receive, handler, settle] = [4, 5, 6].map((role) => spanIdOf(told, shape, role)) as [
    string,
    string,
    string,
  ];
  const link = {
    trace: traceOf(told, shape),
    id: spanIdOf(told, shape, 3),
    sequence: sequenceOf(told, shape),
  };
  const position = {
    [ATTR.destination]: subjectOf(told),
    [ATTR.stream]: 'SHAPES',
    [ATTR.consumer]: 'worker',
  };
  const delivered = {
    ...position,
    [ATTR.streamSequence]: sequenceOf(told, shape),
    [ATTR.deliveryCount]: 1n,
    // The server's clock: the true one.
    [ATTR.storeTime]: String(stored),
    [ATTR.receiveTime]: String(received),
  };
  const receiveSpan: Span = {
    trace,
    id: receive,
    kind: 3,
    begin: received - NS_PER_MS,
    end: started,
    attributes: {
      ...position,
      [ATTR.operationName]: 'receive',
      [ATTR.operationType]: 'receive',
    },
    // A batch holds others too, of whose messages nothing is known.
    links: [link, { trace: 'ab'.repeat(16), id: 'cd'.repeat(8), sequence: 9_999n }],
  };
  const process: Span = {
    trace,
    id: handler,
    kind: 5,
    begin: started,
    end: ended,
    attributes: {
      ...delivered,
      [ATTR.operationName]: 'process',
      [ATTR.operationType]: 'process',
    },
  };
  const settlement: Span = {
    trace,
    id: settle,
    // A batch may be acknowledged outside of its handlers: then the position tells whose it is.
    parent: shape === 'batch' ? receive : handler,
    kind: 3,
    begin: ended + ms(TRUTH.settle),
    end: ended + ms(TRUTH.settle) + NS_PER_MS,
    attributes: {
      ...position,
      [ATTR.streamSequence]: sequenceOf(told, shape),
      [ATTR.deliveryCount]: 1n,
      [ATTR.operationName]: 'ack',
      [ATTR.operationType]: 'settle',
      [ATTR.disposition]: 'ack',
    },
  };
  const spans: Record<Shape, Span[]> = {
    child: [{ ...process, parent: link.id }],
    link: [{ ...process, links: [link] }],
    // The handler is told by a link of its own besides the batch's.
    batch: [receiveSpan, { ...process, parent: receive, links: [link] }],
    'under-receive': [receiveSpan, { ...process, parent: receive }],
  };
  return request('worker', told, [...spans[shape], settlement]);
}
