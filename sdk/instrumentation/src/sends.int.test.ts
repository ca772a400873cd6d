import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, suite, test } from 'node:test';
import { ATTR } from '@hopline/model';
import { waitFor } from '@hopline/testkit';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { Msg } from '@nats-io/nats-core';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  idOf,
  linkIds,
  parentOf,
  type TracedClients,
  tracedClients,
} from './testing/traced-clients.ts';

let clients: TracedClients;
let js: JetStreamClient;
let jsm: JetStreamManager;

before(async () => {
  clients = await tracedClients();
  js = clients.jetStream.jetstream(clients.nc);
  jsm = await js.jetstreamManager();
});
after(() => clients[Symbol.asyncDispose]());
beforeEach(() => clients.spans.clear());
afterEach(() => clients.instrumentation.setConfig({}));

const spansAre = async (...names: string[]) => {
  await waitFor(() => clients.spans.all().length >= names.length, { message: names.join(', ') });
  await clients.nc.flush();
  assert.deepEqual(clients.spans.names(), names.sort());
};

async function streamFor(name: string, settings: object): Promise<void> {
  await jsm.streams.add({
    name,
    subjects: [`${name.toLowerCase()}.>`],
    storage: clients.jetStream.StorageType.Memory,
    ...settings,
  });
  clients.spans.clear();
}

/** The `traceparent` span ids of all messages of a stream. */
async function storedIds(stream: string): Promise<(string | undefined)[]> {
  const ids: (string | undefined)[] = [];
  const { state } = await jsm.streams.info(stream);
  for (let seq = 1; seq <= state.messages; seq++) {
    const message = await jsm.streams.getMessage(stream, { seq });
    ids.push(message?.header.get('traceparent').split('-')[2]);
  }
  return ids;
}

suite('atomic batch', () => {
  async function sendBatch(prefix: string) {
    const headers = clients.nats.headers();
    headers.set('X-Order', '1');
    const options = { headers };
    const batch = await js.startBatch(`${prefix}.a`, 'one', options);
    batch.add(`${prefix}.b`, 'two');
    await batch.add(`${prefix}.c`, 'three', { ack: true });
    const ack = await batch.commit(`${prefix}.d`, 'four');
    assert.equal(ack.count, 4);
    assert.deepEqual([...headers].flat(2), ['X-Order', '1'], "the caller's headers");
  }

  test('a create span for each message, one span that sends them', async () => {
    await streamFor('BATCH', { allow_atomic: true });
    await sendBatch('batch');
    await spansAre(...['a', 'b', 'c', 'd'].map((s) => `create batch.${s}`), 'publish batch.a');
    const creates = ['a', 'b', 'c', 'd'].map((s) => clients.spans.one(`create batch.${s}`));
    const publish = clients.spans.one('publish batch.a');
    assert.equal(publish.kind, SpanKind.CLIENT);
    assert.equal(publish.attributes[ATTR.operationType], 'send');
    assert.equal(publish.attributes[ATTR.batchCount], 4);
    assert.equal(publish.attributes[ATTR.stream], 'BATCH');
    assert.deepEqual(linkIds(publish), creates.map(idOf));
    for (const create of creates) {
      assert.equal(create.kind, SpanKind.PRODUCER);
      assert.equal(create.attributes[ATTR.operationType], 'create');
      assert.equal(create.attributes[ATTR.batchCount], undefined);
    }
    assert.deepEqual(await storedIds('BATCH'), creates.map(idOf));
  });

  test('without create spans the sending span travels', async () => {
    await streamFor('PLAIN', { allow_atomic: true });
    clients.instrumentation.setConfig({ createSpans: false });
    await sendBatch('plain');
    await spansAre('publish plain.a');
    const publish = clients.spans.one('publish plain.a');
    assert.equal(publish.kind, SpanKind.PRODUCER);
    assert.equal(publish.attributes[ATTR.batchCount], 4);
    assert.deepEqual(await storedIds('PLAIN'), Array(4).fill(idOf(publish)));
  });

  test('a batch that the server refuses is an error', async () => {
    await streamFor('REFUSED', { allow_atomic: false });
    await assert.rejects(js.startBatch('refused.a', 'one'));
    const publish = clients.spans.one('publish refused.a');
    assert.equal(publish.status.code, SpanStatusCode.ERROR);
    assert.ok(publish.attributes[ATTR.errorType]);
  });

  test('messages are counted, not calls', async () => {
    await streamFor('COUNTED', { allow_atomic: true });
    await sendBatch('counted');
    const sent = (await clients.metricNames()).get('messaging.client.sent.messages');
    const points = sent?.filter(
      (point) => point.attributes[ATTR.destinationTemplate] === 'counted.a',
    );
    assert.equal(
      points?.reduce((sum, point) => sum + point.value, 0),
      4,
    );
    const durations = (await clients.metricNames()).get('messaging.client.operation.duration');
    assert.ok(durations?.every((point) => point.attributes[ATTR.operationType] !== 'create'));
  });
});

test('fast ingest: a create span for each message, one span that sends them', async () => {
  const { startFastIngest } = await import('@nats-io/jetstream/internal');
  await streamFor('FAST', { allow_batched: true });
  const ingest = await startFastIngest(clients.nc, 'fast.a', 'one', { allowGaps: false });
  await ingest.add('fast.b', 'two');
  await ingest.last('fast.c', 'three');
  await ingest.done();
  await spansAre('create fast.a', 'create fast.b', 'create fast.c', 'publish fast.a');
  const publish = clients.spans.one('publish fast.a');
  const creates = ['a', 'b', 'c'].map((s) => clients.spans.one(`create fast.${s}`));
  assert.equal(publish.attributes[ATTR.batchCount], 3);
  assert.deepEqual(linkIds(publish), creates.map(idOf));
  assert.deepEqual(await storedIds('FAST'), creates.map(idOf));
});

test('publishMessage and respondMessage', async () => {
  const { nc } = clients;
  const got: string[] = [];
  const target = nc.subscribe('message.target', {
    callback: (_error, message) => void got.push(message.string()),
  });
  const asked = nc.subscribe('message.ask', {
    callback: (_error, message) => {
      nc.publishMessage(answer(message, 'message.target'));
      nc.respondMessage(answer(message, ''));
    },
  });
  assert.equal((await nc.request('message.ask', 'q')).string(), 'q');
  await waitFor(() => got.length === 1, { message: 'the message' });
  await spansAre(
    'request message.ask',
    'process message.ask',
    'publish message.target',
    'process message.target',
    'respond _INBOX.>',
  );
  target.unsubscribe();
  asked.unsubscribe();
  const process = clients.spans.one('process message.ask');
  assert.equal(parentOf(clients.spans.one('publish message.target')), idOf(process));
  assert.equal(parentOf(clients.spans.one('respond _INBOX.>')), idOf(process));
});

/** A message as an application makes one: the two calls take the type of what is received. */
function answer({ data, reply }: Msg, subject: string): Msg {
  return { subject, data, ...(reply === undefined ? {} : { reply }) } as Msg;
}

suite('requestMany', () => {
  const strategies = [
    { strategy: 'timer', maxWait: 60, maxMessages: -1, replies: 2, sentinel: false },
    { strategy: 'count', maxWait: 1000, maxMessages: 2, replies: 2, sentinel: false },
    { strategy: 'stall', maxWait: 1000, maxMessages: -1, replies: 2, sentinel: false },
    { strategy: 'sentinel', maxWait: 1000, maxMessages: -1, replies: 2, sentinel: true },
    { strategy: 'timer', maxWait: 40, maxMessages: -1, replies: 0, sentinel: false },
  ] as const;
  for (const { replies, sentinel, ...options } of strategies) {
    for (const noMux of [false, true]) {
      test(`${options.strategy}, ${replies} replies (noMux: ${noMux})`, async () => {
        const { nc } = clients;
        const sub = nc.subscribe('strategy', {
          callback: (_error, message) => {
            for (let i = 0; i < replies; i++) message.respond(`reply ${i}`);
            if (sentinel) message.respond('');
          },
        });
        const got: string[] = [];
        for await (const reply of await nc.requestMany('strategy', 'q', { ...options, noMux })) {
          if (reply.data.length > 0) got.push(reply.string());
        }
        sub.unsubscribe();
        assert.equal(got.length, replies);
        const sent = replies + (sentinel ? 1 : 0);
        await spansAre(
          'request strategy',
          'process strategy',
          ...Array(sent).fill('respond _INBOX.>'),
        );
        const request = clients.spans.one('request strategy');
        const responds = clients.spans.all().filter((span) => span.name === 'respond _INBOX.>');
        assert.deepEqual(linkIds(request).slice(0, replies), responds.slice(0, replies).map(idOf));
        assert.equal(request.status.code, SpanStatusCode.UNSET);
        assert.equal(parentOf(clients.spans.one('process strategy')), idOf(request));
      });
    }
  }

  test('nobody there is an error or no answer, and one span', async () => {
    const { nc } = clients;
    const iterator = await nc.requestMany('strategy.nobody', 'q', { maxWait: 100 });
    await (async () => {
      for await (const _reply of iterator) assert.fail('no reply expected');
    })().catch(() => {});
    await spansAre('request strategy.nobody');
  });
});
