import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { ATTR } from '@hopline/model';
import { waitFor } from '@hopline/testkit';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { JetStreamClient, JsMsg, Msg, NatsConnection } from 'nats';
import {
  activeName,
  idOf,
  linkIds,
  parentOf,
  type TracedClients,
  tracedClients,
} from './testing/traced-clients.ts';

/** The `nats` 2.x package beside the `@nats-io` ones, in the same process. */
let clients: TracedClients;
let nats: typeof import('nats');
let nc: NatsConnection;
let js: JetStreamClient;

before(async () => {
  clients = await tracedClients();
  nats = await import('nats');
  nc = await nats.connect({ servers: clients.url, name: 'legacy' });
  js = nc.jetstream();
});
after(async () => {
  await nc.close();
  await clients[Symbol.asyncDispose]();
});
beforeEach(() => clients.spans.clear());

const spansAre = async (...names: string[]) => {
  await waitFor(() => clients.spans.all().length >= names.length, { message: names.join(', ') });
  await nc.flush();
  assert.deepEqual(clients.spans.names(), names.sort());
};
const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

async function streamOf(name: string, settings: object = {}): Promise<void> {
  const jsm = await nc.jetstreamManager();
  const subjects = [`${name.toLowerCase()}.>`];
  await jsm.streams.add({ name, subjects, storage: nats.StorageType.Memory });
  await jsm.consumers.add(name, {
    durable_name: 'worker',
    ack_policy: nats.AckPolicy.Explicit,
    ...settings,
  });
  clients.spans.clear();
}

suite('core', () => {
  test('publish, callback', async () => {
    const sub = nc.subscribe('v2.*.created', { queue: 'billing', callback: () => {} });
    nc.publish('v2.4711.created', new Uint8Array(5));
    await spansAre('publish v2.*.created', 'process v2.*.created');
    sub.unsubscribe();
    const publish = clients.spans.one('publish v2.*.created');
    const process = clients.spans.one('process v2.*.created');
    assert.equal(publish.kind, SpanKind.PRODUCER);
    assert.equal(process.kind, SpanKind.CONSUMER);
    assert.equal(parentOf(process), idOf(publish));
    assert.equal(process.attributes[ATTR.consumerGroup], 'billing');
    assert.equal(publish.attributes[ATTR.connectionName], 'legacy');
    assert.equal(publish.attributes[ATTR.serverPort], Number(new URL(clients.url).port));
    assert.equal(publish.attributes[ATTR.bodySize], 5);
  });

  test('for await has the context, also after awaits and after the loop', async () => {
    const sub = nc.subscribe('v2.loop', { max: 2 });
    nc.publish('v2.loop');
    nc.publish('v2.loop');
    for await (const _message of sub) {
      assert.equal(activeName(), 'process v2.loop');
      await tick();
      assert.equal(activeName(), 'process v2.loop');
    }
    assert.equal(trace.getActiveSpan(), undefined);
    await spansAre('publish v2.loop', 'publish v2.loop', 'process v2.loop', 'process v2.loop');
  });

  for (const noMux of [false, true]) {
    test(`request and respond (noMux: ${noMux})`, async () => {
      const sub = nc.subscribe('v2.ask', { callback: (_e, message) => void message.respond() });
      await nc.request('v2.ask', nats.Empty, { timeout: 1000, noMux });
      await spansAre('request v2.ask', 'process v2.ask', 'respond _INBOX.>');
      sub.unsubscribe();
      const process = clients.spans.one('process v2.ask');
      assert.equal(parentOf(process), idOf(clients.spans.one('request v2.ask')));
      assert.equal(parentOf(clients.spans.one('respond _INBOX.>')), idOf(process));
    });

    test(`requestMany carries the context (noMux: ${noMux})`, async () => {
      const sub = nc.subscribe('v2.many', { callback: (_e, message) => void message.respond() });
      const replies: Msg[] = [];
      const iterator = await nc.requestMany('v2.many', nats.Empty, {
        maxWait: 1000,
        maxMessages: 1,
        strategy: nats.RequestStrategy.Count,
        noMux,
      });
      for await (const reply of iterator) replies.push(reply);
      assert.equal(replies.length, 1);
      await spansAre('request v2.many', 'process v2.many', 'respond _INBOX.>');
      sub.unsubscribe();
      const process = clients.spans.one('process v2.many');
      assert.equal(parentOf(process), idOf(clients.spans.one('request v2.many')));
    });
  }

  test('failures are named by the code of the client', async () => {
    await assert.rejects(nc.request('v2.nobody', nats.Empty, { timeout: 500 }));
    const span = clients.spans.one('request v2.nobody');
    assert.equal(span.status.code, SpanStatusCode.ERROR);
    assert.equal(span.attributes[ATTR.errorType], '503');
  });

  test('both clients in one process make one trace', async () => {
    const sub = clients.nc.subscribe('v2.to.v3', { callback: () => {} });
    await clients.nc.flush();
    nc.publish('v2.to.v3');
    await spansAre('publish v2.to.v3', 'process v2.to.v3');
    sub.unsubscribe();
    const publish = clients.spans.one('publish v2.to.v3');
    assert.equal(parentOf(clients.spans.one('process v2.to.v3')), idOf(publish));
  });
});

suite('JetStream', () => {
  test('publish is one span with the PubAck', async () => {
    await streamOf('V2PUB');
    const options = { msgID: 'order-1' };
    await js.publish('v2pub.orders', nats.Empty, options);
    await spansAre('publish v2pub.orders');
    assert.deepEqual(options, { msgID: 'order-1' });
    const span = clients.spans.one('publish v2pub.orders');
    assert.equal(span.attributes[ATTR.stream], 'V2PUB');
    assert.equal(span.attributes[ATTR.streamSequence], 1);
    assert.equal(span.attributes[ATTR.messageId], 'order-1');
  });

  test('retries of a publish are events of its span', async () => {
    const options = { msgID: 'retried', retries: 3, retry_delay: 10 };
    await assert.rejects(js.publish('v2.no.stream', nats.Empty, options));
    await spansAre('publish v2.no.stream');
    const { events } = clients.spans.one('publish v2.no.stream');
    const retries = events.filter(({ name }) => name === 'retry');
    const attempts = retries.map(({ attributes }) => attributes?.[ATTR.publishAttempt]);
    assert.deepEqual(attempts, [2, 3]);
  });

  test('consume by callback and by iterator, ack', async () => {
    await streamOf('V2CONSUME');
    await js.publish('v2consume.a');
    await js.publish('v2consume.a');
    const consumer = await js.consumers.get('V2CONSUME', 'worker');
    const seen: (string | undefined)[] = [];
    const first = await consumer.consume({
      max_messages: 1,
      callback: (message: JsMsg) => {
        seen.push(activeName());
        message.ack();
        if (seen.length === 1) first.stop();
      },
    });
    await first.closed();
    const iterator = await consumer.consume();
    if (seen.length < 2) {
      for await (const message of iterator) {
        await tick();
        seen.push(activeName());
        message.ack();
        break;
      }
    }
    assert.deepEqual(seen, ['process v2consume.a', 'process v2consume.a']);
    await spansAre(
      ...Array(2).fill('publish v2consume.a'),
      ...Array(2).fill('process v2consume.a'),
      ...Array(2).fill('ack v2consume.a'),
    );
    for (const process of clients.spans.all().filter(({ name }) => name.startsWith('process'))) {
      assert.equal(process.attributes[ATTR.subscription], 'worker');
      assert.equal(process.attributes[ATTR.deliveryCount], 1);
      const ack = clients.spans.all().find((span) => parentOf(span) === idOf(process));
      assert.equal(ack?.attributes[ATTR.disposition], 'ack');
    }
  });

  test('fetch and next', async () => {
    await streamOf('V2FETCH');
    for (let i = 0; i < 3; i++) await js.publish('v2fetch.a');
    const publishes = clients.spans.all().map(idOf);
    clients.spans.clear();
    const consumer = await js.consumers.get('V2FETCH', 'worker');
    for await (const message of await consumer.fetch({ max_messages: 2, expires: 1000 })) {
      assert.equal(activeName(), 'process v2fetch.a');
      message.ack();
    }
    assert.ok(await consumer.next({ expires: 1000 }));
    await spansAre(
      'fetch V2FETCH',
      ...Array(2).fill('process v2fetch.a'),
      ...Array(2).fill('ack v2fetch.a'),
      'next V2FETCH',
    );
    const fetch = clients.spans.one('fetch V2FETCH');
    assert.deepEqual(linkIds(fetch), publishes.slice(0, 2));
    assert.equal(fetch.attributes[ATTR.batchCount], 2);
    assert.deepEqual(linkIds(clients.spans.one('next V2FETCH')), publishes.slice(2));
  });

  test('ordered consumers: callback, iterator, fetch, next', async () => {
    await streamOf('V2ORDER');
    for (let i = 0; i < 2; i++) await js.publish('v2order.a');
    clients.spans.clear();
    const seen: (string | undefined)[] = [];
    const byCallback = await (await js.consumers.get('V2ORDER')).consume({
      callback: () => void seen.push(activeName()),
    });
    await waitFor(() => seen.length === 2, { message: 'the callbacks' });
    byCallback.stop();
    for await (const _message of await (await js.consumers.get('V2ORDER')).consume()) {
      await tick();
      seen.push(activeName());
      if (seen.length === 4) break;
    }
    assert.deepEqual(seen, Array(4).fill('process v2order.a'));
    await spansAre(...Array(4).fill('process v2order.a'));
    clients.spans.clear();
    const fetcher = await js.consumers.get('V2ORDER');
    for await (const _message of await fetcher.fetch({ max_messages: 2, expires: 1000 })) {
      assert.equal(activeName(), 'process v2order.a');
    }
    await spansAre('fetch V2ORDER', 'process v2order.a', 'process v2order.a');
    clients.spans.clear();
    assert.ok(await (await js.consumers.get('V2ORDER')).next({ expires: 1000 }));
    await spansAre('next V2ORDER');
  });

  test('js.subscribe: callback and iterator, inbox and named delivery, automatic acks', async () => {
    await streamOf('V2PUSH');
    const push = (durable: string) =>
      nats.consumerOpts().durable(durable).deliverTo(`deliver.${durable}`).ackExplicit();
    const seen: (string | undefined)[] = [];
    const byCallback = await js.subscribe(
      'v2push.a',
      push('called').callback((_error, message) => {
        if (message) seen.push(activeName());
      }),
    );
    const iterated = await js.subscribe('v2push.a', push('iterated').manualAck());
    const loop = (async () => {
      for await (const message of iterated) {
        await tick();
        seen.push(activeName());
        message.ack();
        break;
      }
    })();
    await js.publish('v2push.a');
    await loop;
    await spansAre(
      'publish v2push.a',
      ...Array(2).fill('process v2push.a'),
      ...Array(2).fill('ack v2push.a'),
    );
    byCallback.unsubscribe();
    assert.deepEqual(seen, ['process v2push.a', 'process v2push.a']);
    const names = clients.spans
      .all()
      .filter(({ name }) => name.startsWith('process'))
      .map((span) => span.attributes[ATTR.subscription]);
    assert.deepEqual(names.sort(), ['called', 'iterated']);
  });

  test('js.pullSubscribe', async () => {
    await streamOf('V2PULL');
    await js.publish('v2pull.a');
    const sub = await js.pullSubscribe(
      'v2pull.>',
      nats.consumerOpts().durable('puller').ackExplicit(),
    );
    sub.pull({ batch: 1, expires: 1000 });
    for await (const message of sub) {
      assert.equal(activeName(), 'process v2pull.>');
      message.ack();
      break;
    }
    await spansAre('publish v2pull.a', 'process v2pull.>', 'ack v2pull.>');
  });

  test('js.fetch and js.pull', async () => {
    await streamOf('V2JS');
    for (let i = 0; i < 3; i++) await js.publish('v2js.a');
    const publishes = clients.spans.all().map(idOf);
    clients.spans.clear();
    const batch = js.fetch('V2JS', 'worker', { batch: 2, expires: 1000 });
    for await (const message of batch) {
      assert.equal(activeName(), 'process v2js.a');
      message.ack();
    }
    const single = await js.pull('V2JS', 'worker');
    single.ack();
    await spansAre(
      'fetch V2JS',
      ...Array(2).fill('process v2js.a'),
      ...Array(3).fill('ack v2js.a'),
      'next V2JS',
    );
    assert.deepEqual(linkIds(clients.spans.one('fetch V2JS')), publishes.slice(0, 2));
    assert.deepEqual(linkIds(clients.spans.one('next V2JS')), publishes.slice(2));
  });

  test('nak, working, term, ackAck; the attempts are linked', async () => {
    await streamOf('V2SETTLE');
    await js.publish('v2settle.a');
    const consumer = await js.consumers.get('V2SETTLE', 'worker');
    let count = 0;
    const messages = await consumer.consume();
    for await (const message of messages) {
      count += 1;
      if (count === 1) message.nak();
      else {
        message.working();
        await message.ackAck();
        break;
      }
    }
    await spansAre(
      'publish v2settle.a',
      ...Array(2).fill('process v2settle.a'),
      'nak v2settle.a',
      'working v2settle.a',
      'ack v2settle.a',
    );
    const [first, second] = clients.spans.all().filter(({ name }) => name.startsWith('process'));
    assert.ok(first && second);
    assert.deepEqual(linkIds(second), [idOf(first)]);
    const ack = clients.spans.one('ack v2settle.a');
    assert.equal(ack.attributes[ATTR.disposition], 'ack_confirmed');
  });
});
