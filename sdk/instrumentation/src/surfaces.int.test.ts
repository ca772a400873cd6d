import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { ATTR } from '@hopline/model';
import { waitFor } from '@hopline/testkit';
import type { ConsumerMessages, JetStreamClient, JsMsg } from '@nats-io/jetstream';
import type { Msg } from '@nats-io/nats-core';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import {
  idOf,
  linkIds,
  parentOf,
  type TracedClients,
  tracedClients,
} from './testing/traced-clients.ts';
import { withMessage } from './with-message.ts';

let clients: TracedClients;
let js: JetStreamClient;

before(async () => {
  clients = await tracedClients();
  js = clients.jetStream.jetstream(clients.nc);
});
after(() => clients[Symbol.asyncDispose]());
beforeEach(() => clients.spans.clear());

const spansAre = (...names: string[]) =>
  waitFor(() => clients.spans.all().length >= names.length, { message: names.join(', ') }).then(
    async () => {
      await clients.nc.flush();
      assert.deepEqual(clients.spans.names(), names.sort());
    },
  );

/** A new stream and a durable consumer on `<stream in lower case>.>`; its own setup makes no spans. */
async function streamOf(name: string, settings: object = {}): Promise<void> {
  const jsm = await js.jetstreamManager();
  const subjects = [`${name.toLowerCase()}.>`];
  await jsm.streams.add({ name, subjects, storage: clients.jetStream.StorageType.Memory });
  await jsm.consumers.add(name, {
    durable_name: 'worker',
    ack_policy: clients.jetStream.AckPolicy.Explicit,
    ...settings,
  });
}

function has(span: ReadableSpan, attributes: Record<string, unknown>): void {
  const found = Object.fromEntries(
    Object.keys(attributes).map((key) => [key, span.attributes[key]]),
  );
  assert.deepEqual(found, attributes, span.name);
}

suite('core', () => {
  test('publish to a callback subscription', async () => {
    const { nc, spans } = clients;
    const sub = nc.subscribe('core.*.created', { queue: 'billing', callback: () => {} });
    nc.publish('core.4711.created', 'hello');
    await spansAre('publish core.*.created', 'process core.*.created');
    sub.unsubscribe();
    const publish = spans.one('publish core.*.created');
    const process = spans.one('process core.*.created');
    assert.equal(publish.kind, SpanKind.PRODUCER);
    assert.equal(process.kind, SpanKind.CONSUMER);
    assert.equal(parentOf(process), idOf(publish));
    const port = Number(new URL(clients.url).port);
    const common = {
      [ATTR.system]: 'nats',
      [ATTR.destination]: 'core.4711.created',
      [ATTR.destinationTemplate]: 'core.*.created',
      [ATTR.serverAddress]: '127.0.0.1',
      [ATTR.serverPort]: port,
      [ATTR.clientId]: String(nc.info?.client_id),
      [ATTR.connectionName]: 'tester',
      [ATTR.bodySize]: 5,
      [ATTR.errorType]: undefined,
    };
    has(publish, { ...common, [ATTR.operationName]: 'publish', [ATTR.operationType]: 'send' });
    has(process, {
      ...common,
      [ATTR.operationName]: 'process',
      [ATTR.operationType]: 'process',
      [ATTR.consumerGroup]: 'billing',
    });
    const received = BigInt(String(process.attributes[ATTR.receiveTime]));
    const startNs = BigInt(process.startTime[0]) * 1_000_000_000n + BigInt(process.startTime[1]);
    assert.ok(received <= startNs && startNs - received < 1_000_000_000n);
  });

  test('iterator subscription: the span lasts until the next message is asked for', async () => {
    const { nc, spans } = clients;
    const sub = nc.subscribe('iter.orders');
    const loop = (async () => {
      for await (const message of sub) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        assert.equal(spans.names().includes('process iter.orders'), false);
        if (message.string() === 'last') break;
      }
    })();
    nc.publish('iter.orders', 'last');
    await loop;
    await spansAre('publish iter.orders', 'process iter.orders');
    const process = spans.one('process iter.orders');
    assert.equal(parentOf(process), idOf(spans.one('publish iter.orders')));
    assert.ok(process.duration[0] * 1e3 + process.duration[1] / 1e6 >= 19);
  });

  test('one publish, several subscribers: one process span each, one publish span', async () => {
    const { nc } = clients;
    const subs = ['fan.out', 'fan.*', 'fan.>'].map((subject) =>
      nc.subscribe(subject, { callback: () => {} }),
    );
    nc.publish('fan.out');
    await spansAre('publish fan.out', 'process fan.out', 'process fan.*', 'process fan.>');
    for (const sub of subs) sub.unsubscribe();
  });

  for (const noMux of [false, true]) {
    test(`request and respond are one trace (noMux: ${noMux})`, async () => {
      const { nc, spans } = clients;
      const sub = nc.subscribe('fraud.check', {
        callback: (_error, message) => void message.respond('ok'),
      });
      await nc.request('fraud.check', 'q', { timeout: 1000, noMux });
      await spansAre('request fraud.check', 'process fraud.check', 'respond _INBOX.>');
      sub.unsubscribe();
      const request = spans.one('request fraud.check');
      const process = spans.one('process fraud.check');
      const respond = spans.one('respond _INBOX.>');
      assert.equal(parentOf(process), idOf(request));
      assert.equal(parentOf(respond), idOf(process));
      assert.deepEqual(linkIds(request), [idOf(respond)]);
      assert.equal(request.kind, SpanKind.PRODUCER);
      assert.ok(request.endTime >= respond.endTime);
      has(respond, { [ATTR.destinationTemporary]: true, [ATTR.operationName]: 'respond' });
    });
  }

  test('respond later, outside the handler, still belongs to the handler', async () => {
    const { nc, spans } = clients;
    let asked: Msg | undefined;
    const sub = nc.subscribe('later.check', {
      callback: (_error, message) => {
        asked = message;
      },
    });
    const answer = nc.request('later.check');
    await waitFor(() => asked, { message: 'the request' });
    asked?.respond('ok');
    await answer;
    sub.unsubscribe();
    assert.equal(parentOf(spans.one('respond _INBOX.>')), idOf(spans.one('process later.check')));
  });

  test('a request without responders is an error with its class', async () => {
    const { nc, spans } = clients;
    await assert.rejects(nc.request('nobody.there', 'q', { timeout: 500 }));
    const span = spans.one('request nobody.there');
    assert.equal(span.status.code, SpanStatusCode.ERROR);
    has(span, { [ATTR.errorType]: 'NoResponders' });
  });

  test('a request that times out is an error with its class', async () => {
    const { nc, spans } = clients;
    const sub = nc.subscribe('silent', { callback: () => {} });
    await assert.rejects(nc.request('silent', 'q', { timeout: 30 }));
    sub.unsubscribe();
    has(spans.one('request silent'), { [ATTR.errorType]: 'TimeoutError' });
  });

  test('requestMany is one span that lasts until the last reply', async () => {
    const { nc, spans } = clients;
    const sub = nc.subscribe('many', {
      callback: (_error, message) => {
        message.respond('a');
        message.respond('b');
      },
    });
    const replies = [];
    const iterator = await nc.requestMany('many', 'q', { maxMessages: 2, strategy: 'count' });
    for await (const reply of iterator) replies.push(reply.string());
    assert.deepEqual(replies, ['a', 'b']);
    await spansAre('request many', 'process many', 'respond _INBOX.>', 'respond _INBOX.>');
    sub.unsubscribe();
    assert.equal(parentOf(spans.one('process many')), idOf(spans.one('request many')));
  });
});

suite('JetStream', () => {
  test('publish is one span with what the PubAck said, and repeated ids are duplicates', async () => {
    await streamOf('PUB');
    clients.spans.clear();
    await js.publish('pub.orders', 'hello', { msgID: 'order-1' });
    await js.publish('pub.orders', 'hello', { msgID: 'order-1' });
    await spansAre('publish pub.orders', 'publish pub.orders');
    const [first, second] = clients.spans.all();
    assert.ok(first && second);
    const common = {
      [ATTR.stream]: 'PUB',
      [ATTR.streamSequence]: 1,
      [ATTR.messageId]: 'order-1',
      [ATTR.bodySize]: 5,
    };
    has(first, { ...common, [ATTR.duplicate]: false });
    has(second, { ...common, [ATTR.duplicate]: true });
  });

  test('publish without a stream fails once, retries are events and no extra spans', async () => {
    await assert.rejects(js.publish('no.stream', 'x', { retries: 3, timeout: 500 }));
    await spansAre('publish no.stream');
    const publish = clients.spans.one('publish no.stream');
    assert.equal(publish.status.code, SpanStatusCode.ERROR);
    const retries = publish.events.filter(({ name }) => name === 'retry');
    const attempts = retries.map(({ attributes }) => attributes?.[ATTR.publishAttempt]);
    assert.deepEqual(attempts, [2, 3]);
  });

  const ways: [string, (messages: JsMsg[]) => Promise<ConsumerMessages>][] = [
    [
      'callback',
      async (seen) => {
        const consumer = await js.consumers.get('CALLBACK', 'worker');
        return await consumer.consume({
          callback: (message) => {
            seen.push(message);
            message.ack();
          },
        });
      },
    ],
    [
      'iterator',
      async (seen) => {
        const consumer = await js.consumers.get('ITERATOR', 'worker');
        const messages = await consumer.consume();
        void (async () => {
          for await (const message of messages) {
            seen.push(message);
            message.ack();
          }
        })();
        return messages;
      },
    ],
  ];
  for (const [way, consume] of ways) {
    test(`consume by ${way}`, async () => {
      const prefix = way;
      await streamOf(way.toUpperCase(), { filter_subject: `${prefix}.*` });
      clients.spans.clear();
      await js.publish(`${prefix}.created`, 'hello', { msgID: 'm1' });
      const seen: JsMsg[] = [];
      const messages = await consume(seen);
      await waitFor(() => clients.spans.names().includes(`ack ${prefix}.*`), {
        message: 'the ack',
      });
      await messages.close();
      await spansAre(`publish ${prefix}.created`, `process ${prefix}.*`, `ack ${prefix}.*`);
      const { spans } = clients;
      const publish = spans.one(`publish ${prefix}.created`);
      const process = spans.one(`process ${prefix}.*`);
      const ack = spans.one(`ack ${prefix}.*`);
      assert.equal(parentOf(process), idOf(publish));
      assert.equal(parentOf(ack), idOf(process));
      assert.deepEqual(linkIds(ack), [idOf(publish)]);
      assert.equal(ack.kind, SpanKind.CLIENT);
      const delivered = {
        [ATTR.stream]: way.toUpperCase(),
        [ATTR.consumer]: 'worker',
        [ATTR.subscription]: 'worker',
        [ATTR.streamSequence]: 1,
        [ATTR.consumerSequence]: 1,
        [ATTR.deliveryCount]: 1,
        [ATTR.consumerPending]: 0,
        [ATTR.disposition]: 'ack',
        [ATTR.destination]: `${prefix}.created`,
        [ATTR.storeTime]: String(seen[0]?.timestampNanos),
      };
      has(process, { ...delivered, [ATTR.messageId]: 'm1', [ATTR.operationType]: 'process' });
      has(ack, { ...delivered, [ATTR.operationType]: 'settle' });
    });
  }

  test('push consumer, with its own deliver subject and queue', async () => {
    await streamOf('PUSH', { deliver_subject: 'deliver.push', deliver_group: 'team' });
    clients.spans.clear();
    const consumer = await js.consumers.getPushConsumer('PUSH', 'worker');
    const messages = await consumer.consume({ callback: (message) => message.ack() });
    await js.publish('push.orders', 'x');
    await spansAre('publish push.orders', 'process push.orders', 'ack push.orders');
    await messages.close();
    has(clients.spans.one('process push.orders'), {
      [ATTR.consumerGroup]: 'team',
      [ATTR.stream]: 'PUSH',
    });
  });

  test('ordered consumer', async () => {
    await streamOf('ORDERED');
    await js.publish('ordered.a', 'x');
    clients.spans.clear();
    const consumer = await js.consumers.get('ORDERED');
    for await (const _message of await consumer.consume()) break;
    await spansAre('process ordered.a');
  });

  test('fetch: one receive span linked to each message, a process span per message', async () => {
    await streamOf('FETCH');
    for (const body of ['1', '2', '3']) await js.publish('fetch.orders', body);
    const published = clients.spans.all().map(idOf);
    clients.spans.clear();
    const consumer = await js.consumers.get('FETCH', 'worker');
    for await (const message of await consumer.fetch({ max_messages: 3 })) message.ack();
    await spansAre(
      'fetch FETCH',
      ...Array(3).fill('process fetch.orders'),
      ...Array(3).fill('ack fetch.orders'),
    );
    const receive = clients.spans.one('fetch FETCH');
    assert.equal(receive.kind, SpanKind.CLIENT);
    assert.deepEqual(linkIds(receive), published);
    has(receive, { [ATTR.batchCount]: 3, [ATTR.operationType]: 'receive', [ATTR.stream]: 'FETCH' });
    assert.equal(receive.links[2]?.attributes?.[ATTR.streamSequence], 3);
    const processes = clients.spans.all().filter((span) => span.name === 'process fetch.orders');
    assert.deepEqual(processes.map(parentOf), published);
    for (const process of processes) assert.deepEqual(linkIds(process), [idOf(receive)]);
  });

  test('next: one receive span linked to the message; the settle belongs to it', async () => {
    await streamOf('NEXT');
    await js.publish('next.orders', 'x');
    const [publish] = clients.spans.all();
    clients.spans.clear();
    const consumer = await js.consumers.get('NEXT', 'worker');
    const message = await consumer.next();
    message?.ack();
    await spansAre('next NEXT', 'ack next.orders');
    const receive = clients.spans.one('next NEXT');
    assert.deepEqual(linkIds(receive), [publish && idOf(publish)]);
    has(receive, { [ATTR.destination]: 'next.orders', [ATTR.deliveryCount]: 1 });
    assert.equal(parentOf(clients.spans.one('ack next.orders')), idOf(receive));
  });

  test('withMessage gives a message from next() a process span', async () => {
    await streamOf('WITH');
    await js.publish('with.orders', 'x');
    const [publish] = clients.spans.all();
    clients.spans.clear();
    const consumer = await js.consumers.get('WITH', 'worker');
    const message = await consumer.next();
    assert.ok(message && publish);
    const answer = await withMessage(message, async (given) => {
      await Promise.resolve();
      given.ack();
      return 'done';
    });
    assert.equal(answer, 'done');
    await spansAre('next WITH', 'process with.orders', 'ack with.orders');
    const process = clients.spans.one('process with.orders');
    assert.equal(parentOf(process), idOf(publish));
    assert.equal(parentOf(clients.spans.one('ack with.orders')), idOf(process));
  });

  test('an empty next is one span without a link', async () => {
    await streamOf('EMPTY');
    clients.spans.clear();
    const consumer = await js.consumers.get('EMPTY', 'worker');
    assert.equal(await consumer.next({ expires: 1000 }), null);
    await spansAre('next EMPTY');
    assert.deepEqual(linkIds(clients.spans.one('next EMPTY')), []);
  });

  test('nak, working, term and ackAck; attempts are counted', async () => {
    await streamOf('SETTLE', { filter_subject: 'settle.a' });
    await js.publish('settle.a', 'x');
    clients.spans.clear();
    const consumer = await js.consumers.get('SETTLE', 'worker');
    let attempt = 0;
    for await (const message of await consumer.consume()) {
      attempt += 1;
      if (attempt === 1) message.nak();
      if (attempt === 2) {
        message.working();
        message.nak(10);
        message.nak();
      }
      if (attempt === 3) {
        assert.equal(await message.ackAck(), true);
        assert.equal(await message.ackAck(), false);
        break;
      }
    }
    await spansAre(
      ...Array(3).fill('process settle.a'),
      ...Array(2).fill('nak settle.a'),
      'working settle.a',
      'ack settle.a',
    );
    const processes = clients.spans.all().filter((span) => span.name === 'process settle.a');
    assert.deepEqual(
      processes.map((span) => span.attributes[ATTR.deliveryCount]),
      [1, 2, 3],
    );
    const dispositions = processes.map((span) => span.attributes[ATTR.disposition]);
    assert.deepEqual(dispositions, ['nak', 'nak', 'ack_confirmed']);
    for (const process of processes) assert.equal(process.status.code, SpanStatusCode.UNSET);
    has(clients.spans.one('working settle.a'), { [ATTR.disposition]: 'in_progress' });
    has(clients.spans.one('ack settle.a'), { [ATTR.disposition]: 'ack_confirmed' });
    await js.publish('settle.a', 'y');
    const last = await consumer.next();
    last?.term('poison');
    has(clients.spans.one('term settle.a'), { [ATTR.disposition]: 'term' });
  });

  test('a JetStream message read by a core subscription keeps its metadata', async () => {
    await streamOf('CORE', { deliver_subject: 'deliver.core' });
    clients.spans.clear();
    const sub = clients.nc.subscribe('deliver.core', { callback: () => {} });
    await js.publish('core.read', 'x');
    await spansAre('publish core.read', 'process core.read');
    has(clients.spans.one('process core.read'), { [ATTR.stream]: 'CORE', [ATTR.deliveryCount]: 1 });
    sub.unsubscribe();
  });
});

test('the four standard metrics, with the boundaries of the conventions', async () => {
  const metrics = await clients.metricNames();
  const duration = metrics.get('messaging.client.operation.duration') ?? [];
  const processing = metrics.get('messaging.process.duration') ?? [];
  const sent = metrics.get('messaging.client.sent.messages') ?? [];
  const consumed = metrics.get('messaging.client.consumed.messages') ?? [];
  assert.equal(duration[0]?.unit, 's');
  assert.deepEqual(
    processing[0]?.boundaries,
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  );
  assert.equal(sent[0]?.unit, '{message}');
  const count = (points: typeof sent, name: string, template: string) =>
    points
      .filter((point) => point.attributes[ATTR.operationName] === name)
      .filter((point) => point.attributes[ATTR.destinationTemplate] === template)
      .reduce((sum, point) => sum + point.value, 0);
  assert.equal(count(sent, 'publish', 'core.*.created'), 1);
  assert.equal(count(consumed, 'process', 'core.*.created'), 1);
  assert.equal(count(processing, 'process', 'core.*.created'), 1);
  assert.equal(count(duration, 'publish', 'core.*.created'), 1);
  assert.equal(count(duration, 'nak', 'settle.a'), 2);
  assert.equal(count(consumed, 'next', 'next.orders'), 1);
  assert.equal(count(duration, 'request', 'nobody.there'), 1);
  const subjects = sent.map((point) => String(point.attributes[ATTR.destinationTemplate]));
  assert.equal(
    subjects.some((subject) => subject.includes('4711')),
    false,
  );
});
