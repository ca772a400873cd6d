import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { unixNs } from '@hopline/model';
import {
  CONTRACT,
  type EndpointName,
  errorResponse,
  type MessagesResponse,
  type ResponseOf,
  type StatusResponse,
  type TraceResponse,
} from '@hopline/model/api';
import { type TempDir, tempDir } from '@hopline/testkit';
import type { FastifyInstance } from 'fastify';
import { createChdbDatabase } from '../store/chdb/driver.ts';
import { type Database, publishSpans } from '../store/store.ts';
import { createApi } from './create-api.ts';
import { storeStory } from './story-fixture.ts';
import {
  CAPTURED,
  CREATED,
  FRAUD_CHECK,
  INVENTORY_TRACE,
  PAID_TRACE,
  POISON,
  POISON_TRACE,
} from './story-spans-fixture.ts';

const BEGIN = unixNs(BigInt(Date.now()) * 1_000_000n);
const NOW = unixNs(BEGIN + 120_000_000_000n);
const id = (span: string, trace = PAID_TRACE): string => `${trace}-${span}`;

let folder: TempDir;
let database: Database;
let app: FastifyInstance;

before(async () => {
  folder = await tempDir('api');
  database = await createChdbDatabase({
    dataDir: folder.path,
    maxMemoryBytes: 512 * 1024 * 1024,
    readers: 2,
    writers: 1,
    queryTimeoutMs: 30_000,
    retentionDays: 7,
  });
  await database.migrate();
  await storeStory(database, { folder: folder.path, begin: BEGIN });
  app = await createApi({
    database,
    // Of the status only the start is asked for: it is where rates begin.
    status: () => ({ startedAt: String(BEGIN) }) as StatusResponse,
    probes: {
      health: () => ({ status: 200, body: { ok: true } }),
      ready: () => ({ status: 503, body: { ready: false } }),
      metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' }),
    },
    feed: () => () => {},
    queryTimeoutMs: 30_000,
    retentionDays: 7,
    maxLiveClients: 1,
    allowedHosts: null,
    version: '0.0.0-test',
    now: () => NOW,
    onError: (error) => console.error(error),
  });
});
after(async () => {
  await app?.close();
  await database?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

/** Asks, and holds the answer against the contract. */
async function ask<Name extends EndpointName>(name: Name, path: string): Promise<ResponseOf<Name>> {
  const response = await app.inject(path);
  assert.equal(response.statusCode, 200, response.body);
  const schema = CONTRACT[name].response;
  const body = response.json();
  assert.deepEqual(schema.parse(body), body, 'fields outside the contract');
  return body;
}

async function refuse(path: string, status: number): Promise<{ code: string; message: string }> {
  const response = await app.inject(path);
  assert.equal(response.statusCode, status, response.body);
  return errorResponse.parse(response.json());
}

const ids = ({ messages }: MessagesResponse): string[] => messages.map((message) => message.id);

test('a trace: spans once, logs, hops in order, its messages', async () => {
  const trace = await ask('trace', `/api/v1/traces/${PAID_TRACE}`);
  assert.equal(trace.spans.length, 11);
  assert.equal(trace.start, String(BEGIN));
  assert.equal(trace.spans[0]?.name, 'POST');
  assert.equal(trace.spans[0]?.parentSpanId, null);
  assert.equal(trace.spans[1]?.attributes['order.id'], 'o-77');
  assert.deepEqual(
    trace.hops.map(({ server, hop }) => `${server} ${hop}`),
    ['n1 ', 'leaf 1', 'n1 '],
  );
  assert.deepEqual(
    trace.serverSpans.map(({ name, parentSpanId }) => [name, nameOf(trace, parentSpanId)]),
    [
      ['server n1', CREATED],
      ['store ORDERS', 'server n1'],
      ['server leaf', 'server n1'],
      ['server (unknown)', 'server n1'],
      ['server n1', CAPTURED],
      ['deliver payments.>', 'server n1'],
    ],
  );
  assert.deepEqual(trace.missingHops, [{ messageId: id(CREATED), hop: '2' }]);
  assert.deepEqual(trace.messageIds, [id(CREATED), id(FRAUD_CHECK), id(CAPTURED)]);
  assert.equal(trace.logs.length, 2);
  assert.equal(trace.truncated, false);
  const other = await ask('trace', `/api/v1/traces/${INVENTORY_TRACE}`);
  assert.deepEqual(
    other.spans[0]?.links.map(({ traceId, spanId }) => `${traceId}-${spanId}`),
    [id(CAPTURED)],
  );
});

const nameOf = ({ serverSpans }: TraceResponse, spanId: string | null) =>
  serverSpans.find((span) => span.spanId === spanId)?.name ?? spanId;

test('the poison order of a trace comes with its advisory', async () => {
  const trace = await ask('trace', `/api/v1/traces/${POISON_TRACE}`);
  assert.deepEqual(
    trace.advisories.map(({ kind, deliveries }) => `${kind} ${deliveries}`),
    ['max_deliver 3'],
  );
});

test('a message: attempts apart, stages, hops, logs, what it caused', async () => {
  const message = await ask('message', `/api/v1/messages/${id(CREATED)}`);
  assert.equal(message.outcome, 'redelivered');
  assert.deepEqual([message.stream, message.streamSequence], ['ORDERS', '1']);
  assert.equal(message.storeTime, String(BEGIN + 4_000_000n));
  assert.equal(message.messageKey, 'order-4711');
  assert.equal(message.sizeBytes, 321);
  assert.deepEqual(message.missingHops, ['2']);
  assert.equal(message.deliveries.length, 1);
  const [first, second] = message.deliveries[0]!.attemptList;
  assert.deepEqual([first?.disposition, first?.error], ['nak', 'provider is busy']);
  assert.deepEqual([second?.disposition, second?.error], ['ack', '']);
  assert.deepEqual(
    first?.stages.map(({ name, duration, provenance }) => `${name} ${duration} ${provenance}`),
    [
      'send 1000000 derived',
      'broker 1000000 measured',
      'queue 5000000 derived',
      'buffer 1000000 measured',
      'process 50000000 measured',
      'settle 1000000 measured',
    ],
  );
  assert.deepEqual(
    message.logs.map(({ body }) => body),
    ['Provider busy, trying again: Quetzalcoatl'],
  );
  assert.deepEqual(
    message.causes.map((cause) => cause.id),
    [id(FRAUD_CHECK), id(CAPTURED)],
  );
  assert.equal(message.causedBy, null);
});

test('a consumer with a trace of its own, and a client that is not instrumented', async () => {
  const message = await ask('message', `/api/v1/messages/${id(CAPTURED)}`);
  assert.equal(message.causedBy, id(CREATED));
  assert.deepEqual(
    message.deliveries.map(({ service, consumer, fate }) => ({ service, consumer, fate })),
    [
      { service: 'inventory', consumer: 'inventory', fate: 'processed' },
      { service: 'audit', consumer: '', fate: 'delivered' },
    ],
  );
  assert.deepEqual(message.deliveries[1]?.evidence, ['server events']);
});

test('messages: newest first, each once, replies left out, in pages', async () => {
  const all = await ask('messages', '/api/v1/messages');
  assert.deepEqual(
    ids(all).sort(),
    [CREATED, CAPTURED, FRAUD_CHECK]
      .map((one) => id(one))
      .concat(id(POISON, POISON_TRACE))
      .sort(),
  );
  assert.equal(ids(all)[0], id(CAPTURED));
  assert.equal(all.next, null);
  const paged: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: MessagesResponse = await ask(
      'messages',
      `/api/v1/messages?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    paged.push(...ids(page));
    cursor = page.next;
    assert.ok(paged.length <= 8, 'endless pages');
  }
  assert.deepEqual([...new Set(paged)], ids(all));
});

const FILTERS: [string, string[]][] = [
  ['service=gateway', [id(CREATED), id(POISON, POISON_TRACE)]],
  ['service=inventory', [id(CAPTURED)]],
  ['service=fraud', [id(FRAUD_CHECK)]],
  ['service=nobody', []],
  ['subject=fraud.check', [id(FRAUD_CHECK)]],
  ['subject=orders.*', [id(CREATED), id(POISON, POISON_TRACE)]],
  ['subject=payments.>', [id(CAPTURED)]],
  ['subject=fraud.check payments.*', [id(CAPTURED), id(FRAUD_CHECK)]],
  ['subject=orders', []],
  ['subject=order.*reated', []],
  ['text=captured', [id(CAPTURED)]],
  // The key of one message is an attribute of its trace: all messages of that trace answer.
  ['text=order-4711', [id(CREATED), id(FRAUD_CHECK), id(CAPTURED)]],
  ['text=quetzalcoatl', [id(CREATED), id(FRAUD_CHECK), id(CAPTURED)]],
  ['text=o-77', [id(CREATED), id(FRAUD_CHECK), id(CAPTURED)]],
  [`text=${PAID_TRACE.toUpperCase()}`, [id(CREATED), id(FRAUD_CHECK), id(CAPTURED)]],
  [`text=${id(FRAUD_CHECK)}`, [id(FRAUD_CHECK)]],
  ["text=' OR 1=1 --", []],
  ['key=order-4711', [id(CREATED)]],
  ['key=order-471', []],
  ['stream=ORDERS&sequence=2', [id(POISON, POISON_TRACE)]],
  ['stream=PAYMENTS', [id(CAPTURED)]],
  ['stream=PAYMENTS&sequence=2', []],
  ['sequence=9', [id(CAPTURED)]],
  ['key=order-4711&sequence=2', []],
  // Of the publish, and of a handler alone.
  ['attribute=messaging.nats.stream.sequence=9', [id(CAPTURED)]],
  ['attribute=messaging.nats.consumer.name=payment', [id(CREATED), id(POISON, POISON_TRACE)]],
  ['attribute=messaging.nats.consumer.name=9', []],
  ["attribute=a'=' OR 1=1 --", []],
  // The outcome is that of the consumer's own delivery.
  ['stream=ORDERS&consumer=payment', [id(CREATED), id(POISON, POISON_TRACE)]],
  ['stream=ORDERS&consumer=payment&outcome=dead-lettered', [id(POISON, POISON_TRACE)]],
  ['stream=ORDERS&consumer=payment&outcome=redelivered', [id(CREATED)]],
  ['stream=ORDERS&consumer=payment&outcome=in-flight', []],
  ['stream=ORDERS&consumer=reports', []],
  ['outcome=dead-lettered', [id(POISON, POISON_TRACE)]],
  ['outcome=redelivered', [id(CREATED)]],
  ['outcome=terminated', []],
  [`from=${BEGIN + 400_000_000n}&to=${BEGIN + 449_000_000n}`, [id(FRAUD_CHECK)]],
];
for (const [query, expected] of FILTERS) {
  test(`messages?${query}`, async () => {
    const answer = await ask('messages', `/api/v1/messages?${encodeURI(query)}`);
    assert.deepEqual(ids(answer).sort(), expected.toSorted());
  });
}

test('messages of a consumer: its stream must be given', async () => {
  const { message } = await refuse('/api/v1/messages?consumer=payment', 400);
  assert.match(message, /give its stream too/);
});

test('messages: not those up to an ack floor', async () => {
  const range = { from: BEGIN, to: NOW, timeoutMs: 30_000, limit: 10 };
  const above = { stream: 'ORDERS', sequence: '1' };
  const found = await publishSpans(database, { ...range, subject: 'orders.>', above });
  assert.deepEqual(
    found.map(({ span_id }) => span_id),
    [POISON],
  );
});

test('events: errors of services beside the advisory, once however often they were stored', async () => {
  const { events, timeline } = await ask('events', '/api/v1/events?steps=10');
  // Those of one second and one message are told as one, and counted each.
  const counted = (of: string): number =>
    timeline!.counts.reduce((sum, { kind, count }) => sum + (kind === of ? count : 0), 0);
  assert.deepEqual([counted('handler_failed'), counted('max_deliver')], [4, 1]);
  const failed = events.filter(({ kind }) => kind === 'handler_failed');
  assert.ok(failed.length >= 1 && failed.length <= 4, JSON.stringify(failed));
  for (const { service, stream, consumer, traceId, source, reason } of failed) {
    assert.deepEqual(
      [service, stream, consumer, source],
      ['payment', 'ORDERS', 'payment', 'service'],
    );
    assert.ok([PAID_TRACE, POISON_TRACE].includes(traceId));
    assert.match(reason, /^(?:[2-4] times: )?provider is busy$/);
  }
  const path = '/api/v1/events?steps=10&kind=handler_failed';
  const ofPayment = await ask('events', `${path}&consumer=payment`);
  assert.deepEqual(ofPayment.events, failed);
  assert.deepEqual(ofPayment.timeline!.counts, timeline!.counts, 'of all kinds');
  const both = await ask('events', `${path},max_deliver`);
  assert.deepEqual(
    new Set(both.events.map(({ kind }) => kind)),
    new Set(['handler_failed', 'max_deliver']),
  );
  for (const other of ['consumer=reports', 'server=n1', 'stream=PAYMENTS']) {
    const none = await ask('events', `${path}&${other}`);
    assert.deepEqual([none.events, none.timeline!.counts], [[], []], other);
  }
});

test('messages: the line of one', async () => {
  const { messages } = await ask('messages', '/api/v1/messages?outcome=dead-lettered');
  assert.deepEqual(messages[0]?.consumers, [
    { service: 'payment', consumer: 'payment', queueGroup: '', attempts: 3, fate: 'dead-lettered' },
  ]);
  const [request] = (await ask('messages', '/api/v1/messages?subject=fraud.check')).messages;
  assert.deepEqual([request?.isRequest, request?.total], [true, '7000000']);
});

test('topology: all nodes and edges of the story, each with its evidence', async () => {
  const { nodes, edges } = await ask('topology', '/api/v1/topology');
  assert.deepEqual(nodes.map((node) => `${node.id} [${node.evidence.join(', ')}]`).sort(), [
    'client:audit [server events]',
    'consumer:ORDERS/payment [client spans, configuration]',
    'consumer:ORDERS/reports [configuration]',
    'consumer:PAYMENTS/inventory [client spans]',
    'service:fraud [client spans]',
    'service:gateway [client spans]',
    'service:inventory [client spans]',
    'service:payment [client spans]',
    'service:storefront [client spans]',
    'stream:ORDERS [client spans, server events, configuration]',
    'stream:PAYMENTS [client spans]',
    'subject:fraud.check [client spans]',
    'subject:orders.created [client spans, server events]',
    'subject:payments.captured [client spans, server events]',
  ]);
  assert.deepEqual(edges.map((edge) => `${edge.kind} ${edge.from} ${edge.to}`).sort(), [
    'consume consumer:ORDERS/payment service:payment',
    'consume consumer:PAYMENTS/inventory service:inventory',
    'http service:storefront service:gateway',
    'publish service:gateway subject:orders.created',
    'publish service:payment subject:payments.captured',
    'request service:payment subject:fraud.check',
    'source stream:ORDERS consumer:ORDERS/payment',
    'source stream:ORDERS consumer:ORDERS/reports',
    'source stream:PAYMENTS consumer:PAYMENTS/inventory',
    'store subject:orders.created stream:ORDERS',
    'store subject:payments.captured stream:PAYMENTS',
    'subscribe subject:fraud.check service:fraud',
    'subscribe subject:payments.captured client:audit',
  ]);
  const node = (nodeId: string) => nodes.find((one) => one.id === nodeId);
  assert.equal(node('consumer:ORDERS/reports')?.pending, 17);
  assert.equal(node('service:gateway')?.site, 'hub');
  // Two orders, stored twice, in the 120 s that were watched of the 15 min that were asked for.
  const published = edges.find(
    (edge) => edge.kind === 'publish' && edge.from === 'service:gateway',
  );
  assert.equal(published?.ratePerSecond, 2 / 120);
  assert.equal(node('service:storefront')?.ratePerSecond, 1 / 120);
  const queue = edges.find((edge) => edge.to === 'consumer:PAYMENTS/inventory');
  assert.deepEqual([queue?.measure, queue?.p50], ['queue', '8000000']);
});

test('services in the range', async () => {
  assert.deepEqual((await ask('services', '/api/v1/services')).services, [
    'fraud',
    'gateway',
    'inventory',
    'payment',
    'storefront',
  ]);
  const { services } = await ask('services', `/api/v1/services?to=${BEGIN - 1n}`);
  assert.deepEqual(services, []);
});

test('what is not there is 404, in words', async () => {
  const missing = 'ffffffffffffffffffffffffffffffff';
  assert.match((await refuse(`/api/v1/traces/${missing}`, 404)).message, new RegExp(missing));
  await refuse(`/api/v1/messages/${id('00000000000000ff')}`, 404);
  // A span that published nothing is no message.
  await refuse(`/api/v1/messages/${id('d000000000000002')}`, 404);
  assert.equal((await refuse('/api/v1/nothing', 404)).code, 'not_found');
});
