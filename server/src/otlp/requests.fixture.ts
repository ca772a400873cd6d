import { randomBytes } from 'node:crypto';
import type protobuf from 'protobufjs';
import { REQUEST_TYPES } from './proto.ts';
import type { OtlpSignal } from './shapes.ts';

/** Requests for tests, encoded by protobufjs. Field names as in the specification. */
export type Message = { [field: string]: unknown };

const NS_PER_MS = 1_000_000n;

export const unixNano = (unixMs = Date.now()): protobuf.Long => long(BigInt(unixMs) * NS_PER_MS);

export function long(value: bigint): protobuf.Long {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return { low, high, unsigned: true } as protobuf.Long;
}

export const text = (key: string, value: string): Message => ({
  key,
  value: { string_value: value },
});

/** A span like those of the NATS instrumentation: about 490 bytes. */
export function span(fields: Message = {}): Message {
  return {
    trace_id: randomBytes(16),
    span_id: randomBytes(8),
    parent_span_id: randomBytes(8),
    name: 'process orders.created',
    kind: 5,
    start_time_unix_nano: unixNano(),
    end_time_unix_nano: unixNano(),
    attributes: [
      text('messaging.system', 'nats'),
      text('messaging.operation.name', 'process'),
      text('messaging.operation.type', 'process'),
      text('messaging.destination.name', 'orders.eu.4711.created'),
      text('messaging.message.id', randomBytes(8).toString('hex')),
      text('messaging.consumer.group.name', 'payment'),
      text('server.address', 'nats-1.internal'),
      { key: 'server.port', value: { int_value: 4222 } },
      { key: 'messaging.message.body.size', value: { int_value: 1234 } },
      text('hopline.nats.stream', 'ORDERS'),
    ],
    ...fields,
  };
}

export function log(fields: Message = {}): Message {
  return {
    time_unix_nano: unixNano(),
    severity_number: 9,
    severity_text: 'INFO',
    body: { string_value: 'order taken' },
    attributes: [text('order.id', '4711')],
    ...fields,
  };
}

export const point = (fields: Message = {}): Message => ({
  time_unix_nano: unixNano(),
  start_time_unix_nano: unixNano(Date.now() - 60_000),
  attributes: [text('queue', 'orders')],
  ...fields,
});

export const gauge = (points: Message[]): Message => ({
  name: 'queue.depth',
  unit: '1',
  gauge: { data_points: points.map((one) => ({ as_double: 1.5, ...one })) },
});

const RESOURCE = { attributes: [text('service.name', 'payment'), text('host.name', 'h1')] };

const FRAMES: Record<OtlpSignal, (items: Message[]) => Message> = {
  traces: (spans) => ({
    resource_spans: [{ resource: RESOURCE, scope_spans: [{ scope: { name: 's' }, spans }] }],
  }),
  logs: (log_records) => ({
    resource_logs: [{ resource: RESOURCE, scope_logs: [{ scope: { name: 's' }, log_records }] }],
  }),
  metrics: (metrics) => ({
    resource_metrics: [{ resource: RESOURCE, scope_metrics: [{ scope: { name: 's' }, metrics }] }],
  }),
};

/** One resource, one scope, these spans, records or metrics. */
export function request(signal: OtlpSignal, items: Message[]): Uint8Array {
  return encode(signal, FRAMES[signal](items));
}

export function encode(signal: OtlpSignal, message: Message): Uint8Array {
  const type = REQUEST_TYPES[signal];
  return Buffer.from(type.encode(type.create(message)).finish());
}

/** What a request says, as plain values: bytes in hex, 64-bit integers as strings. */
export function decode(signal: OtlpSignal, bytes: Uint8Array): Message {
  const type = REQUEST_TYPES[signal];
  return type.toObject(type.decode(bytes), { longs: String, bytes: String });
}

/** Items of a request as the oracle counts them. */
export function countDecoded(signal: OtlpSignal, bytes: Uint8Array): number {
  const message = decode(signal, bytes);
  const all = (from: unknown, key: string): Message[] =>
    ((from as Message)[key] as Message[] | undefined) ?? [];
  if (signal === 'traces') {
    return all(message, 'resource_spans')
      .flatMap((one) => all(one, 'scope_spans'))
      .flatMap((one) => all(one, 'spans')).length;
  }
  if (signal === 'logs') {
    return all(message, 'resource_logs')
      .flatMap((one) => all(one, 'scope_logs'))
      .flatMap((one) => all(one, 'log_records')).length;
  }
  return all(message, 'resource_metrics')
    .flatMap((one) => all(one, 'scope_metrics'))
    .flatMap((one) => all(one, 'metrics'))
    .flatMap((one) => KINDS.flatMap((kind) => all(one[kind] ?? {}, 'data_points'))).length;
}

const KINDS = ['gauge', 'sum', 'histogram', 'exponential_histogram', 'summary'];
