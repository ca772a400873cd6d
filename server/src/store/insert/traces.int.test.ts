import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ATTR, subjectPattern } from '@hopline/model';
import { type TemporaryDatabase, temporaryDatabase } from '../chdb/temporary-database.ts';
import { attributes, encodeRequest } from './otlp-fixture.ts';

const NOW = BigInt(Date.now()) * 1_000_000n + 123_456_789n;

/** Every column of a span, exact: ids in hex, times in Unix ns. */
const COLUMNS = `
  toString(toUnixTimestamp64Nano(start)) AS start, duration_ns, lower(hex(trace_id)) AS trace_id,
  lower(hex(span_id)) AS span_id, lower(hex(parent_span_id)) AS parent_span_id, kind, status, status_message,
  name, service, instance, scope, system, operation_name, operation_type, subject, subject_pattern, stream,
  consumer, queue_group, stream_seq, consumer_seq, delivery_count, store_time, receive_time, disposition,
  message_key, body_size, error_type, resource, attributes,
  arrayMap(t -> toString(toUnixTimestamp64Nano(t)), events.time) AS event_times, events.name AS event_names,
  events.attributes AS event_attributes, arrayMap(i -> lower(hex(i)), links.trace_id) AS link_traces,
  arrayMap(i -> lower(hex(i)), links.span_id) AS link_spans, links.attributes AS link_attributes`;

const EMPTY = {
  start: '0',
  duration_ns: '0',
  trace_id: '0'.repeat(32),
  span_id: '0'.repeat(16),
  parent_span_id: '0'.repeat(16),
  kind: 'UNSPECIFIED',
  status: 'UNSET',
  status_message: '',
  name: '',
  service: 'unknown_service',
  instance: '',
  scope: '',
  system: '',
  operation_name: '',
  operation_type: '',
  subject: '',
  subject_pattern: '',
  stream: '',
  consumer: '',
  queue_group: '',
  stream_seq: '0',
  consumer_seq: '0',
  delivery_count: 0,
  store_time: '0',
  receive_time: '0',
  disposition: '',
  message_key: '',
  body_size: 0,
  error_type: '',
  resource: {},
  attributes: {},
  event_times: [],
  event_names: [],
  event_attributes: [],
  link_traces: [],
  link_spans: [],
  link_attributes: [],
};

const spans = (store: TemporaryDatabase): Promise<Record<string, unknown>[]> =>
  store.select(`SELECT ${COLUMNS} FROM spans ORDER BY spans.start, spans.span_id`);

const request = (spanList: object[], resource: Record<string, unknown> = {}): Uint8Array =>
  encodeRequest('traces', {
    resource_spans: [
      { resource: { attributes: attributes(resource) }, scope_spans: [{ spans: spanList }] },
    ],
  });

const id = (size: number, fill: number): Uint8Array => new Uint8Array(size).fill(fill);
const time = (offsetNs: bigint): { start_time_unix_nano: string; end_time_unix_nano: string } => ({
  start_time_unix_nano: (NOW + offsetNs).toString(),
  end_time_unix_nano: (NOW + offsetNs + 1_500_000n).toString(),
});

test('each column holds what the request says', async () => {
  await using store = await temporaryDatabase();
  const told = {
    [ATTR.system]: 'nats',
    [ATTR.operationName]: 'process',
    [ATTR.operationType]: 'process',
    [ATTR.destination]: 'orders.4711.created',
    [ATTR.stream]: 'ORDERS',
    [ATTR.consumer]: 'payment',
    [ATTR.consumerGroup]: 'workers',
    [ATTR.streamSequence]: 2n ** 53n + 1n,
    [ATTR.consumerSequence]: 8n,
    [ATTR.deliveryCount]: 3n,
    [ATTR.storeTime]: (NOW - 5n).toString(),
    [ATTR.receiveTime]: (NOW - 3n).toString(),
    [ATTR.disposition]: 'ack',
    [ATTR.messageId]: 'order-4711',
    [ATTR.bodySize]: 321n,
    [ATTR.errorType]: 'CardDeclined',
  };
  const resource = { [ATTR.serviceName]: 'payment', [ATTR.serviceInstanceId]: 'p-1', cores: 2n };
  const full = {
    trace_id: id(16, 0xab),
    span_id: id(8, 0x01),
    parent_span_id: id(8, 0x02),
    name: 'process orders',
    kind: 5,
    ...time(1n),
    attributes: attributes(told),
    events: [
      { time_unix_nano: NOW.toString(), name: 'exception', attributes: attributes({ a: 1n }) },
      { time_unix_nano: (NOW + 1n).toString(), name: 'retry' },
    ],
    links: [
      {
        trace_id: id(16, 0xcd),
        span_id: id(8, 0x03),
        attributes: attributes({ why: 'redelivery' }),
      },
      { trace_id: id(16, 0xce), span_id: id(8, 0x04) },
    ],
    status: { code: 2, message: 'card declined' },
    trace_state: 'a=b',
    dropped_events_count: 4,
  };
  const bytes = encodeRequest('traces', {
    resource_spans: [
      {
        resource: { attributes: attributes(resource) },
        scope_spans: [{ scope: { name: 'nats', version: '1' }, spans: [full] }],
      },
    ],
  });
  assert.deepEqual(await store.insert('traces', 'one', bytes), { status: 'stored' });
  assert.deepEqual(await spans(store), [
    {
      ...EMPTY,
      start: (NOW + 1n).toString(),
      duration_ns: '1500000',
      trace_id: 'ab'.repeat(16),
      span_id: '01'.repeat(8),
      parent_span_id: '02'.repeat(8),
      kind: 'CONSUMER',
      status: 'ERROR',
      status_message: 'card declined',
      name: 'process orders',
      service: 'payment',
      instance: 'p-1',
      scope: 'nats',
      system: 'nats',
      operation_name: 'process',
      operation_type: 'process',
      subject: 'orders.4711.created',
      subject_pattern: 'orders.*.created',
      stream: 'ORDERS',
      consumer: 'payment',
      queue_group: 'workers',
      stream_seq: '9007199254740993',
      consumer_seq: '8',
      delivery_count: 3,
      store_time: (NOW - 5n).toString(),
      receive_time: (NOW - 3n).toString(),
      disposition: 'ack',
      message_key: 'order-4711',
      body_size: 321,
      error_type: 'CardDeclined',
      resource: { [ATTR.serviceName]: 'payment', [ATTR.serviceInstanceId]: 'p-1', cores: '2' },
      attributes: Object.fromEntries(Object.entries(told).map(([k, v]) => [k, String(v)])),
      event_times: [NOW.toString(), (NOW + 1n).toString()],
      event_names: ['exception', 'retry'],
      event_attributes: [{ a: '1' }, {}],
      link_traces: ['cd'.repeat(16), 'ce'.repeat(16)],
      link_spans: ['03'.repeat(8), '04'.repeat(8)],
      link_attributes: [{ why: 'redelivery' }, {}],
    },
  ]);
});

test('attribute values of every kind become text', async () => {
  await using store = await temporaryDatabase();
  const values = {
    text: 'plain "quoted" \\ \n☃',
    empty: '',
    yes: true,
    no: false,
    int: -(2n ** 63n),
    zero: 0n,
    double: 0.25,
    'double zero': 0,
    bytes: new Uint8Array([0, 1, 254, 255]),
    list: ['a"b', 1n, true, 0.5, new Uint8Array([255]), null, ['deep'], { deep: 'too' }],
    'empty list': [],
    pairs: { k: 'v"', n: 2n, f: false, nothing: null, deep: { x: 1n } },
    'empty pairs': {},
    absent: null,
  };
  const expected = {
    text: 'plain "quoted" \\ \n☃',
    empty: '',
    yes: 'true',
    no: 'false',
    int: '-9223372036854775808',
    zero: '0',
    double: '0.25',
    'double zero': '0',
    bytes: 'AAH+/w==',
    list: '["a\\"b",1,true,0.5,"/w==",null,null,null]',
    'empty list': '[]',
    pairs: '{"k":"v\\"","n":2,"f":false,"nothing":null,"deep":null}',
    'empty pairs': '{}',
    absent: '',
  };
  const span = {
    ...time(0n),
    attributes: attributes(values),
    events: [{ attributes: attributes(values) }],
    links: [{ attributes: attributes(values) }],
  };
  await store.insert('traces', 'kinds', request([span], values));
  const [row] = await spans(store);
  assert.deepEqual(row?.attributes, expected);
  assert.deepEqual(row?.resource, expected);
  assert.deepEqual(row?.event_attributes, [expected]);
  assert.deepEqual(row?.link_attributes, [expected]);
});

test('odd spans are stored as what they are, without harming their neighbours', async () => {
  await using store = await temporaryDatabase();
  const odd = [
    { span_id: id(8, 1), ...time(1n), end_time_unix_nano: '0' },
    { span_id: id(8, 2), ...time(2n), end_time_unix_nano: (NOW - 100n).toString() },
    { span_id: id(8, 3), ...time(3n), trace_id: id(15, 7), parent_span_id: id(9, 7), kind: 77 },
    { span_id: id(8, 4), ...time(4n), kind: -1, status: { code: 9, message: 'm' } },
    { span_id: id(40, 5), ...time(5n), attributes: attributes({ [ATTR.streamSequence]: 'many' }) },
  ];
  await store.insert('traces', 'odd', request(odd, { [ATTR.serviceName]: '' }));
  const start = (offset: bigint): string => (NOW + offset).toString();
  const resource = { [ATTR.serviceName]: '' };
  const usual = { ...EMPTY, resource, duration_ns: '1500000' };
  assert.deepEqual(await spans(store), [
    { ...usual, start: start(1n), span_id: '01'.repeat(8), duration_ns: '0' },
    { ...usual, start: start(2n), span_id: '02'.repeat(8), duration_ns: '0' },
    { ...usual, start: start(3n), span_id: '03'.repeat(8) },
    { ...usual, start: start(4n), span_id: '04'.repeat(8), status_message: 'm' },
    { ...usual, start: start(5n), attributes: { [ATTR.streamSequence]: 'many' } },
  ]);
});

test('a span without a start has no duration', async () => {
  await using store = await temporaryDatabase();
  await store.insert(
    'traces',
    'start',
    request([{ end_time_unix_nano: NOW.toString(), name: 'x' }]),
  );
  // Far older than the limit of age, so the engine may have dropped it already.
  for (const row of await spans(store)) assert.deepEqual(row, { ...EMPTY, name: 'x' });
});

test('resources, scopes and requests stay apart; empty ones are nothing', async () => {
  await using store = await temporaryDatabase();
  const span = (fill: number): object => ({ span_id: id(8, fill), ...time(BigInt(fill)) });
  const first = encodeRequest('traces', {
    resource_spans: [
      {
        resource: { attributes: attributes({ [ATTR.serviceName]: 'a' }) },
        scope_spans: [
          { scope: { name: 's1' }, spans: [span(1), span(2)] },
          { spans: [span(3)] },
          { scope: { name: 'none' } },
        ],
      },
      { scope_spans: [{ spans: [span(4)] }] },
      { resource: { attributes: attributes({ [ATTR.serviceName]: 'b' }) } },
    ],
  });
  const empty = encodeRequest('traces', {});
  const second = request([span(5)], { [ATTR.serviceName]: 'c' });
  const bytes = Buffer.concat([empty, first, empty, second]);
  assert.deepEqual(await store.insert('traces', 'several', bytes), { status: 'stored' });
  const rows = await spans(store);
  assert.deepEqual(
    rows.map(({ service, scope, span_id }) => [service, scope, String(span_id).slice(0, 2)]),
    [
      ['a', 's1', '01'],
      ['a', 's1', '02'],
      ['a', '', '03'],
      ['unknown_service', '', '04'],
      ['c', '', '05'],
    ],
  );
  assert.deepEqual(await store.insert('traces', 'nothing', ''), { status: 'stored' });
});

test('the pattern of a subject is the template when one is told', async () => {
  await using store = await temporaryDatabase();
  const subjects = ['orders.7.created', '_INBOX.abc.7', 'a.1.2.3.b', ''];
  const list = subjects.map((subject, index) => ({
    ...time(BigInt(index)),
    attributes: attributes({ [ATTR.destination]: subject }),
  }));
  const template = { [ATTR.destination]: 'orders.7', [ATTR.destinationTemplate]: 'orders.{id}' };
  list.push({ ...time(9n), attributes: attributes(template) });
  await store.insert('traces', 'subjects', request(list));
  assert.deepEqual(
    (await spans(store)).map((row) => row.subject_pattern),
    [...subjects.map(subjectPattern), 'orders.{id}'],
  );
});
