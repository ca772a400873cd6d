// One row for each part of the clients' surface: what is done, and exactly what must be seen of it.
// Spans are written as `<name> <kind> < <parent> ~ <links> ! <error.type>`.
import { withMessage } from '@hopline/instrumentation';
import { inBody, streamOf, until } from './steps.mjs';
import { storeRows } from './store-rows.mjs';

const MODERN = ['modern'];
const LEGACY = ['legacy'];
const CALLBACK = 'process t.a consumer < publish t.a';

const coreRows = [
  {
    surface: 'nc.publish → callback',
    attributes: ['messaging.message.body.size', 'messaging.nats.message.receive_time'],
    attributesOf: 'process t.a',
    spans: ['publish t.a producer', CALLBACK],
    body: ['process t.a'],
    async run({ nc }) {
      await until((done) => {
        const callback = () => inBody().then(done);
        nc.subscribe('t.a', { max: 1, callback });
        nc.publish('t.a', 'x');
      });
    },
  },
  {
    surface: 'nc.publish → for await',
    spans: ['publish t.a producer', CALLBACK],
    body: ['process t.a', 'none'],
    async run({ nc }) {
      const sub = nc.subscribe('t.a', { max: 1 });
      nc.publish('t.a', 'x');
      for await (const _message of sub) await inBody();
      await inBody();
    },
  },
  {
    surface: 'nc.publish → syncIterator',
    spans: ['publish t.a producer', CALLBACK],
    async run({ nc, client }) {
      const sub = nc.subscribe('t.a', { max: 1 });
      const iterator = client.nats.syncIterator(sub);
      nc.publish('t.a', 'x');
      await iterator.next();
      await iterator.next();
    },
  },
  {
    surface: 'nc.publish → queue group and plain subscriber',
    spans: ['publish t.a producer', CALLBACK, 'process t.* consumer < publish t.a'],
    async run({ nc }) {
      const callback = () => {};
      const subs = [
        nc.subscribe('t.a', { queue: 'q', callback }),
        nc.subscribe('t.a', { queue: 'q', callback }),
        nc.subscribe('t.*', { callback }),
      ];
      nc.publish('t.a', 'x');
      await nc.flush();
      for (const sub of subs) sub.unsubscribe();
    },
  },
  {
    surface: 'nc.publishMessage',
    attributes: ['messaging.message.body.size'],
    spans: ['publish t.a producer'],
    run: ({ nc }) => nc.publishMessage({ subject: 't.a', data: new Uint8Array(1) }),
  },
  ...[false, true].map((noMux) => ({
    surface: `nc.request → msg.respond (noMux: ${noMux})`,
    spans: [
      'request t.a producer ~ respond _INBOX.>',
      'process t.a consumer < request t.a',
      'respond _INBOX.> producer < process t.a',
    ],
    body: ['process t.a'],
    async run({ nc }) {
      const callback = async (_error, message) => {
        await inBody();
        message.respond('ok');
      };
      const sub = nc.subscribe('t.a', { callback });
      await nc.request('t.a', 'q', { timeout: 1000, noMux });
      sub.unsubscribe();
    },
  })),
  ...[false, true].map((noMux) => ({
    surface: `nc.requestMany → two replies (noMux: ${noMux})`,
    spans: [
      'request t.a producer ~ respond _INBOX.>, respond _INBOX.>',
      'process t.a consumer < request t.a',
      'respond _INBOX.> producer < process t.a',
      'respond _INBOX.> producer < process t.a',
    ],
    async run({ nc, client }) {
      const callback = (_error, message) => {
        message.respond('a');
        message.respond('b');
      };
      const sub = nc.subscribe('t.a', { callback });
      const options = { maxWait: 1000, maxMessages: 2, strategy: client.countStrategy, noMux };
      for await (const _reply of await nc.requestMany('t.a', 'q', options));
      sub.unsubscribe();
    },
  })),
  {
    surface: 'nc.request without responders',
    spans: {
      modern: ['request t.a producer ! NoResponders'],
      legacy: ['request t.a producer ! 503'],
    },
    run: ({ nc }) => nc.request('t.a', 'q', { timeout: 1000 }).catch(() => {}),
  },
  {
    surface: 'nc.respondMessage',
    spans: [
      'request t.a producer ~ respond _INBOX.>',
      'process t.a consumer < request t.a',
      'respond _INBOX.> producer < process t.a',
    ],
    async run({ nc }) {
      const answer = { subject: '', data: new Uint8Array(1) };
      const callback = (_error, message) => nc.respondMessage({ ...answer, reply: message.reply });
      const sub = nc.subscribe('t.a', { callback });
      await nc.request('t.a', 'q', { timeout: 1000 });
      sub.unsubscribe();
    },
  },
];

const consume = (context, options) =>
  context.js.consumers
    .get(context.prepared, 'worker')
    .then((consumer) => consumer.consume(options));

/** One stored message, and the consumer to read it with. */
const stored = (stream, settings) => ({
  prepare: (context) => streamOf(context, stream, { messages: 1, ...settings }),
});
const handled = (subject) => [
  `process ${subject} consumer < outside`,
  `ack ${subject} client < process ${subject} ~ outside`,
];

const streamRows = [
  {
    surface: 'js.publish',
    prepare: (context) => streamOf(context, 'PUB', { messages: 0 }),
    spans: ['publish pub.a producer'],
    attributes: ['messaging.nats.stream.name', 'messaging.nats.stream.sequence'],
    run: ({ js }) => js.publish('pub.a', 'x'),
  },
  {
    surface: 'js.publish with retries, no stream',
    spans: {
      modern: ['publish no.stream producer ! JetStreamNotEnabled'],
      legacy: ['publish no.stream producer ! 503'],
    },
    run: ({ js }) => js.publish('no.stream', 'x', { retries: 2, timeout: 500 }).catch(() => {}),
  },
  {
    surface: 'js.startBatch, add, commit',
    clients: MODERN,
    prepare: (context) => streamOf(context, 'BATCH', { stream: { allow_atomic: true } }),
    spans: [
      'create batch.a producer',
      'create batch.b producer',
      'publish batch.a client ~ create batch.a, create batch.b',
    ],
    sent: 2,
    attributes: ['messaging.batch.message_count'],
    attributesOf: 'publish batch.a',
    async run({ js }) {
      const batch = await js.startBatch('batch.a', 'x');
      await batch.commit('batch.b', 'x');
    },
  },
  {
    surface: 'js.startBatch without create spans',
    clients: MODERN,
    prepare: (context) => streamOf(context, 'BARE', { stream: { allow_atomic: true } }),
    spans: ['publish bare.a producer'],
    sent: 2,
    attributes: ['messaging.batch.message_count'],
    async run({ js }) {
      globalThis.conformance.instrumentation.setConfig({ createSpans: false });
      const batch = await js.startBatch('bare.a', 'x');
      await batch.commit('bare.b', 'x');
    },
  },
  {
    surface: 'startFastIngest, add, last',
    clients: MODERN,
    prepare: (context) => streamOf(context, 'FAST', { stream: { allow_batched: true } }),
    spans: [
      'create fast.a producer',
      'create fast.b producer',
      'publish fast.a client ~ create fast.a, create fast.b',
    ],
    sent: 2,
    async run({ nc, client }) {
      const ingest = await client.nats.startFastIngest(nc, 'fast.a', 'x', {});
      await ingest.last('fast.b', 'x');
      await ingest.done();
    },
  },
  {
    surface: 'consumer.consume by callback, ack',
    ...stored('CALL'),
    spans: handled('call.a'),
    body: ['process call.a'],
    attributes: [
      'messaging.nats.stream.sequence',
      'messaging.nats.consumer.name',
      'messaging.nats.message.delivery_count',
      'messaging.nats.message.store_time',
      'messaging.nats.message.receive_time',
      'messaging.nats.consumer.pending',
      'messaging.destination.subscription.name',
    ],
    attributesOf: 'process call.a',
    run: (context) =>
      until(async (done) => {
        const messages = await consume(context, {
          async callback(message) {
            await inBody();
            message.ack();
            done();
            messages.stop();
          },
        });
      }),
  },
  {
    surface: 'consumer.consume by for await, ack',
    ...stored('LOOP'),
    spans: handled('loop.a'),
    body: ['process loop.a', 'none'],
    async run(context) {
      for await (const message of await consume(context)) {
        await inBody();
        message.ack();
        break;
      }
      await inBody();
    },
  },
  {
    surface: 'ordered consumer by for await',
    ...stored('ORDER'),
    spans: ['process order.a consumer < outside'],
    body: ['process order.a'],
    async run({ js }) {
      const consumer = await js.consumers.get('ORDER');
      for await (const _message of await consumer.consume()) {
        await inBody();
        break;
      }
    },
  },
  ...['callback', 'for await'].map((way, index) => ({
    surface: `push consumer by ${way}`,
    ...stored(`PUSH${index}`, { push: true }),
    spans: handled(`push${index}.a`),
    body: [`process push${index}.a`],
    async run({ client, nc, prepared }) {
      const handle = async (message) => {
        await inBody();
        message.ack();
      };
      if (way === 'callback') {
        await until((done) => client.push(nc, prepared, (message) => handle(message).then(done)));
      } else {
        for await (const message of await client.push(nc, prepared)) {
          await handle(message);
          break;
        }
      }
    },
  })),
  {
    surface: 'consumer.fetch',
    ...stored('FETCH', { messages: 2 }),
    spans: [
      'fetch FETCH client ~ outside, outside',
      'process fetch.a consumer < outside ~ fetch FETCH',
      'process fetch.a consumer < outside ~ fetch FETCH',
    ],
    body: ['process fetch.a', 'process fetch.a'],
    attributes: ['messaging.batch.message_count'],
    attributesOf: 'fetch FETCH',
    async run({ js, prepared }) {
      const consumer = await js.consumers.get(prepared, 'worker');
      const messages = await consumer.fetch({ max_messages: 2, expires: 1000 });
      for await (const _message of messages) await inBody();
    },
  },
  {
    surface: 'consumer.next, withMessage',
    ...stored('NEXT'),
    spans: ['next NEXT client ~ outside', 'process next.a consumer < outside ~ next NEXT'],
    body: ['process next.a', 'none'],
    consumed: 1,
    async run({ js, prepared }) {
      const message = await (await js.consumers.get(prepared, 'worker')).next({ expires: 1000 });
      await withMessage(message, inBody);
      await inBody();
    },
  },
  {
    surface: 'nak, redelivery, working, ackAck',
    ...stored('AGAIN'),
    spans: [
      'process again.a consumer < outside',
      'nak again.a client < process again.a ~ outside',
      'process again.a consumer < outside ~ process again.a',
      'working again.a client < process again.a ~ outside',
      'ack again.a client < process again.a ~ outside',
    ],
    async run(context) {
      for await (const message of await consume(context)) {
        if (message.info.deliveryCount === 1) message.nak();
        else {
          message.working();
          await message.ackAck();
          break;
        }
      }
    },
  },
  {
    surface: 'term with a reason',
    ...stored('TERM'),
    spans: ['process term.a consumer < outside', 'term term.a client < process term.a ~ outside'],
    attributes: ['messaging.nats.settle.disposition'],
    attributesOf: 'term term.a',
    async run(context) {
      for await (const message of await consume(context)) {
        message.term('broken');
        break;
      }
    },
  },
  {
    surface: 'js.pullSubscribe',
    clients: LEGACY,
    ...stored('PULL'),
    spans: handled('pull.a'),
    body: ['process pull.a'],
    async run({ js, client, prepared }) {
      const options = client.nats.consumerOpts().bind(prepared, 'worker');
      const sub = await js.pullSubscribe('', options);
      sub.pull({ batch: 1, expires: 1000 });
      for await (const message of sub) {
        await inBody();
        message.ack();
        break;
      }
    },
  },
  {
    surface: 'js.fetch, js.pull',
    clients: LEGACY,
    ...stored('JSFETCH', { messages: 2 }),
    spans: [
      'fetch JSFETCH client ~ outside',
      'process jsfetch.a consumer < outside ~ fetch JSFETCH',
      'next JSFETCH client ~ outside',
    ],
    consumed: 2,
    body: ['process jsfetch.a'],
    async run({ js, prepared }) {
      for await (const _message of js.fetch(prepared, 'worker', { batch: 1, expires: 1000 })) {
        await inBody();
      }
      await js.pull(prepared, 'worker');
    },
  },
];

export const rows = [...coreRows, ...streamRows, ...storeRows];
