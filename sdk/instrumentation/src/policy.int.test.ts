import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { ATTR } from '@hopline/model';
import { waitFor } from '@hopline/testkit';
import type { JetStreamClient, JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import type { Span } from '@opentelemetry/api';
import {
  idOf,
  linkIds,
  parentOf,
  type TracedClients,
  tracedClients,
} from './testing/traced-clients.ts';

let clients: TracedClients;
let nc: NatsConnection;
let js: JetStreamClient;

before(async () => {
  clients = await tracedClients();
  nc = clients.nc;
  js = clients.jetStream.jetstream(nc);
});
after(() => clients[Symbol.asyncDispose]());
beforeEach(() => clients.spans.clear());
afterEach(() => clients.instrumentation.setConfig({}));

async function workerOn(name: string): Promise<void> {
  const jsm = await js.jetstreamManager();
  const { StorageType, AckPolicy } = clients.jetStream;
  await jsm.streams.add({
    name,
    subjects: [`${name.toLowerCase()}.>`],
    storage: StorageType.Memory,
  });
  await jsm.consumers.add(name, { durable_name: 'worker', ack_policy: AckPolicy.Explicit });
  clients.spans.clear();
}

async function consumed(stream: string, wanted: number, handle: (message: JsMsg) => void) {
  const consumer = await js.consumers.get(stream, 'worker');
  let handled = 0;
  const messages = await consumer.consume({
    callback: (message) => {
      handled += 1;
      handle(message);
    },
  });
  await waitFor(() => handled === wanted, { message: `${wanted} attempts` });
  await messages.close();
  return clients.spans.all().filter((span) => span.name.startsWith('process '));
}

test('attempt n links to attempt n-1, and the first to nothing', async () => {
  await workerOn('RETRY');
  await js.publish('retry.it');
  const attempts = await consumed('RETRY', 3, (message) => {
    if (message.info.deliveryCount < 3) message.nak();
    else message.ack();
  });
  const [first, second, third] = attempts;
  assert.ok(first && second && third);
  assert.deepEqual(
    attempts.map((span) => span.attributes[ATTR.deliveryCount]),
    [1, 2, 3],
  );
  assert.deepEqual(attempts.map(linkIds), [[], [idOf(first)], [idOf(second)]]);
  const publish = idOf(clients.spans.one('publish retry.it'));
  assert.deepEqual(attempts.map(parentOf), [publish, publish, publish]);
});

test('next() links to the attempt before, too', async () => {
  await workerOn('AGAIN');
  await js.publish('again.it');
  const consumer = await js.consumers.get('AGAIN', 'worker');
  (await consumer.next())?.nak();
  (await consumer.next())?.ack();
  const [first, second] = clients.spans.all().filter((span) => span.name.startsWith('next '));
  assert.ok(first && second);
  const publish = idOf(clients.spans.one('publish again.it'));
  assert.deepEqual(linkIds(first), [publish]);
  assert.deepEqual(linkIds(second), [publish, idOf(first)]);
});

test('a message stored longer ago than the age limit starts a trace and links', async () => {
  await workerOn('OLD');
  clients.instrumentation.setConfig({ parentMaxAgeMs: 0 });
  await js.publish('old.one');
  const [process] = await consumed('OLD', 1, (message) => message.ack());
  assert.ok(process);
  const publish = clients.spans.one('publish old.one');
  assert.equal(parentOf(process), undefined);
  assert.notEqual(process.spanContext().traceId, publish.spanContext().traceId);
  assert.deepEqual(linkIds(process), [idOf(publish)]);
});

test('within the age limit it is the parent', async () => {
  await workerOn('YOUNG');
  clients.instrumentation.setConfig({ parentMaxAgeMs: 60_000 });
  await js.publish('young.one');
  const [process] = await consumed('YOUNG', 1, (message) => message.ack());
  assert.ok(process);
  assert.equal(parentOf(process), idOf(clients.spans.one('publish young.one')));
  assert.deepEqual(linkIds(process), []);
});

const relations = [
  { processRelation: 'parent', parent: true, links: 0 },
  { processRelation: 'link', parent: false, links: 1 },
  { processRelation: 'parent-and-link', parent: true, links: 1 },
] as const;
for (const { processRelation, parent, links } of relations) {
  test(`processRelation ${processRelation}`, async () => {
    clients.instrumentation.setConfig({ processRelation });
    const sub = nc.subscribe('related', { callback: () => {} });
    nc.publish('related');
    await waitFor(() => clients.spans.all().length === 2, { message: 'both spans' });
    sub.unsubscribe();
    const publish = clients.spans.one('publish related');
    const process = clients.spans.one('process related');
    assert.equal(parentOf(process), parent ? idOf(publish) : undefined);
    assert.deepEqual(linkIds(process), links ? [idOf(publish)] : []);
    assert.equal(process.spanContext().traceId === publish.spanContext().traceId, parent);
  });
}

test('hooks see the message and its span', async () => {
  const seen: string[] = [];
  const note = (name: string) => (span: Span, info: { subject: string }) => {
    seen.push(`${name} ${info.subject}`);
    span.setAttribute(`app.${name}`, true);
  };
  clients.instrumentation.setConfig({
    publishHook: note('publish'),
    consumeHook: note('consume'),
    responseHook: note('response'),
  });
  await workerOn('HOOKED');
  const sub = nc.subscribe('hooks', { callback: (_error, message) => void message.respond('ok') });
  await nc.request('hooks', 'q');
  await js.publish('hooked.it');
  await waitFor(() => seen.length === 6, { message: 'all hooks' });
  sub.unsubscribe();
  assert.equal(seen.filter((line) => line.startsWith('publish _INBOX.')).length, 1);
  assert.deepEqual(seen.filter((line) => !line.includes('_INBOX')).sort(), [
    'consume hooks',
    'publish hooked.it',
    'publish hooks',
    'response hooked.it',
    'response hooks',
  ]);
  assert.equal(clients.spans.one('request hooks').attributes['app.response'], true);
  assert.equal(clients.spans.one('process hooks').attributes['app.consume'], true);
});

test('hooks that throw or reject break nothing', async () => {
  const unhandled: unknown[] = [];
  const collect = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', collect);
  const broken = (() => {
    throw new Error('hook');
  }) as () => void;
  const rejecting = (async () => {
    throw new Error('async hook');
  }) as unknown as () => void;
  for (const hook of [broken, rejecting]) {
    clients.spans.clear();
    clients.instrumentation.setConfig({
      publishHook: hook,
      consumeHook: hook,
      responseHook: hook,
    });
    const sub = nc.subscribe('broken.hooks', {
      callback: (_error, message) => void message.respond('ok'),
    });
    assert.equal((await nc.request('broken.hooks', 'q')).string(), 'ok');
    sub.unsubscribe();
    await nc.flush();
    assert.deepEqual(clients.spans.names(), [
      'process broken.hooks',
      'request broken.hooks',
      'respond _INBOX.>',
    ]);
  }
  process.off('unhandledRejection', collect);
  assert.deepEqual(unhandled, []);
});

test('headers are captured on both sides when allowed, credentials never', async () => {
  clients.instrumentation.setConfig({ captureHeaders: ['x-*', 'authorization'] });
  const sub = nc.subscribe('captured', { callback: () => {} });
  const sent = clients.nats.headers();
  sent.set('X-Order', '4711');
  sent.set('Authorization', 'Bearer secret');
  sent.set('Other', 'private');
  nc.publish('captured', 'x', { headers: sent });
  await waitFor(() => clients.spans.all().length === 2, { message: 'both spans' });
  sub.unsubscribe();
  for (const span of clients.spans.all()) {
    const keys = Object.keys(span.attributes).filter((key) => key.startsWith('messaging.header.'));
    assert.deepEqual(keys, ['messaging.header.x-order'], span.name);
    assert.deepEqual(span.attributes['messaging.header.x-order'], ['4711']);
  }
});

test('by default no header and no payload is on any span', async () => {
  const sub = nc.subscribe('private', { callback: () => {} });
  const sent = clients.nats.headers();
  sent.set('X-Order', 'needle-in-header');
  nc.publish('private', 'needle-in-payload', { headers: sent });
  await waitFor(() => clients.spans.all().length === 2, { message: 'both spans' });
  sub.unsubscribe();
  const text = JSON.stringify(clients.spans.all().map((span) => [span.attributes, span.events]));
  assert.doesNotMatch(text, /needle/);
});

test('a client that is loaded while disabled is patched by enable()', async () => {
  clients.instrumentation.disable();
  const { connect } = await import('nats');
  const legacy = await connect({ servers: clients.url });
  legacy.publish('while.disabled');
  clients.instrumentation.enable();
  legacy.publish('after.enable');
  await legacy.close();
  assert.deepEqual(clients.spans.names(), ['publish after.enable']);
});

test('publish-time header: on core messages and requests, in place of none of the user', async () => {
  clients.instrumentation.setConfig({ publishTimeHeader: true });
  const headersSeen: (string | undefined)[] = [];
  const sub = nc.subscribe('timed.*', {
    callback: (_error, message) => {
      headersSeen.push(message.headers?.get('Hopline-Publish-Time'));
      message.respond('ok');
    },
  });
  const own = clients.nats.headers();
  own.set('Hopline-Publish-Time', '1');
  nc.publish('timed.a', 'x');
  nc.publish('timed.b', 'x', { headers: own });
  await nc.request('timed.c', 'x');
  sub.unsubscribe();
  assert.equal(own.get('Hopline-Publish-Time'), '1');
  assert.equal(headersSeen[1], '1');
  for (const [at, name] of [
    [0, 'publish timed.a'],
    [2, 'request timed.c'],
  ] as const) {
    const { startTime } = clients.spans.one(name);
    assert.equal(headersSeen[at], `${startTime[0]}${String(startTime[1]).padStart(9, '0')}`);
  }
  const times = clients.spans
    .all()
    .filter((span) => span.name.startsWith('process timed'))
    .map((span) => span.attributes[ATTR.publishTime]);
  assert.deepEqual(times, [headersSeen[0], undefined, headersSeen[2]]);
  const transit = (await clients.metricNames()).get('nats.client.transit.duration');
  assert.equal(transit?.[0]?.value, 2);
});

test('without the setting no message has that header', async () => {
  let seen: string | undefined = 'unset';
  const sub = nc.subscribe('untimed', {
    callback: (_error, message) => {
      seen = message.headers?.get('Hopline-Publish-Time');
    },
  });
  nc.publish('untimed', 'x');
  await waitFor(() => seen !== 'unset', { message: 'the message' });
  sub.unsubscribe();
  assert.equal(seen, '');
});

test('subjects are named by the rules of the user, and by what streams say of their ids', async () => {
  const jsm = await js.jetstreamManager();
  const { StorageType } = clients.jetStream;
  await jsm.streams.add({
    name: 'NAMED',
    subjects: ['named.*.made', 'coarse.>'],
    storage: StorageType.Memory,
  });
  await js.publish('named.acme.made');
  await js.publish('coarse.acme.made');
  clients.instrumentation.setConfig({ subjectTemplates: ['coarse.*.made'] });
  await js.publish('coarse.acme.made');
  assert.deepEqual(clients.spans.names(), [
    'publish coarse.*.made',
    'publish coarse.acme.made',
    'publish named.*.made',
  ]);
});
