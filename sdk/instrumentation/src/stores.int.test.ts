import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { ATTR } from '@hopline/model';
import { waitFor } from '@hopline/testkit';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  activeName,
  idOf,
  linkIds,
  parentOf,
  type TracedClients,
  tracedClients,
} from './testing/traced-clients.ts';

/** What both clients offer, as far as these tests go. */
interface Entry {
  key: string;
  string(): string;
}
interface Bucket {
  put(key: string, value: string): Promise<number>;
  create(key: string, value: string): Promise<number>;
  update(key: string, value: string, version: number): Promise<number>;
  delete(key: string): Promise<void>;
  get(key: string): Promise<Entry | null>;
  watch(options: object): Promise<AsyncIterable<Entry>>;
  history(options: object): Promise<AsyncIterable<Entry>>;
}
interface Objects {
  putBlob(meta: { name: string }, blob: Uint8Array): Promise<unknown>;
  getBlob(name: string): Promise<Uint8Array | null>;
  get(name: string): Promise<{ data: ReadableStream<Uint8Array> } | null>;
  delete(name: string): Promise<unknown>;
}
interface ServiceRequest {
  respond(data?: string): boolean;
  respondError(code: number, description: string): boolean;
}
interface Service {
  addEndpoint(
    name: string,
    handler?: (error: unknown, message: ServiceRequest) => unknown,
  ): AsyncIterable<ServiceRequest>;
  stop(): Promise<unknown>;
}
interface Client {
  bucket(name: string): Promise<Bucket>;
  objects(name: string): Promise<Objects>;
  service(name: string): Promise<Service>;
  request(subject: string): Promise<unknown>;
  /** How many services answer a ping. */
  discover(): Promise<number>;
  close(): Promise<void>;
}

let clients: TracedClients;
before(async () => {
  clients = await tracedClients();
});
after(() => clients[Symbol.asyncDispose]());
beforeEach(() => clients.spans.clear());

async function modern(): Promise<Client> {
  const { Kvm } = await import('@nats-io/kv');
  const { Objm } = await import('@nats-io/obj');
  const { Svcm } = await import('@nats-io/services');
  const { nc } = clients;
  // The services package brings a copy of the core of its own, with types of its own.
  const svcm = new Svcm(nc as unknown as ConstructorParameters<typeof Svcm>[0]);
  return {
    bucket: (name) => new Kvm(nc).create(name, { history: 5 }) as unknown as Promise<Bucket>,
    objects: (name) => new Objm(nc).create(name) as unknown as Promise<Objects>,
    service: (name) => svcm.add({ name, version: '1.0.0' }) as unknown as Promise<Service>,
    request: (subject) => nc.request(subject, '', { timeout: 1000 }),
    discover: async () => {
      let count = 0;
      for await (const _info of await svcm.client().ping()) count += 1;
      return count;
    },
    close: async () => {},
  };
}

async function legacy(): Promise<Client> {
  const nats = await import('nats');
  const nc = await nats.connect({ servers: clients.url });
  const codec = nats.StringCodec();
  return {
    async bucket(name) {
      const bucket = await nc.jetstream().views.kv(name, { history: 5 });
      return {
        put: (key, value) => bucket.put(key, codec.encode(value)),
        create: (key, value) => bucket.create(key, codec.encode(value)),
        update: (key, value, version) => bucket.update(key, codec.encode(value), version),
        delete: (key) => bucket.delete(key),
        get: (key) => bucket.get(key),
        watch: (options) => bucket.watch(options),
        history: (options) => bucket.history(options),
      };
    },
    objects: (name) => nc.jetstream().views.os(name) as unknown as Promise<Objects>,
    service: (name) => nc.services.add({ name, version: '1.0.0' }) as unknown as Promise<Service>,
    request: (subject) => nc.request(subject, nats.Empty, { timeout: 1000 }),
    discover: async () => {
      let count = 0;
      for await (const _info of await nc.services.client().ping()) count += 1;
      return count;
    },
    close: () => nc.close(),
  };
}

const spansAre = async (...names: string[]) => {
  await waitFor(() => clients.spans.all().length >= names.length, { message: names.join(', ') });
  await clients.nc.flush();
  assert.deepEqual(clients.spans.names(), names.sort());
};
const tick = () => new Promise((resolve) => setTimeout(resolve, 2));

for (const [name, connect] of [
  ['@nats-io 3.x', modern],
  ['nats 2.x', legacy],
] as const) {
  const id = name.startsWith('@') ? 'v3' : 'v2';
  suite(name, () => {
    let client: Client;
    before(async () => {
      client = await connect();
    });
    after(() => client.close());

    test('key-value: put, create, update, delete, get are one span each', async () => {
      const bucket = await client.bucket(`kv${id}`);
      clients.spans.clear();
      const version = await bucket.put('a', 'one');
      await bucket.update('a', 'two', version);
      await bucket.create('b', 'one');
      assert.equal((await bucket.get('a'))?.string(), 'two');
      assert.equal(await bucket.get('nothing'), null);
      await bucket.delete('a');
      const on = (operation: string) => `${operation} $KV.kv${id}.>`;
      await spansAre(...['put', 'update', 'create', 'get', 'get', 'delete'].map(on));
      const put = clients.spans.one(on('put'));
      assert.equal(put.kind, SpanKind.PRODUCER);
      assert.deepEqual(
        [ATTR.operationType, ATTR.storeKind, ATTR.bucket, ATTR.key, ATTR.destination].map(
          (key) => put.attributes[key],
        ),
        ['send', 'key-value', `kv${id}`, 'a', `$KV.kv${id}.a`],
      );
      assert.equal(put.attributes[ATTR.streamSequence], version);
      assert.equal(put.attributes[ATTR.bodySize], 3);
      const [found, missing] = clients.spans.all().filter((span) => span.name === on('get'));
      assert.ok(found && missing);
      assert.equal(found.kind, SpanKind.CLIENT);
      assert.equal(found.attributes[ATTR.operationType], 'receive');
      assert.deepEqual(linkIds(found), [idOf(clients.spans.one(on('update')))]);
      assert.equal(parentOf(found), undefined);
      assert.deepEqual(linkIds(missing), []);
    });

    test('key-value: a create that has to look first is still one span; a refused one an error', async () => {
      const bucket = await client.bucket(`again${id}`);
      await bucket.put('a', 'one');
      await bucket.delete('a');
      clients.spans.clear();
      await bucket.create('a', 'two');
      await spansAre(`create $KV.again${id}.>`);
      clients.spans.clear();
      await assert.rejects(bucket.create('a', 'three'));
      await spansAre(`create $KV.again${id}.>`);
      assert.equal(clients.spans.all()[0]?.status.code, SpanStatusCode.ERROR);
    });

    test('key-value: watch and history have a context in the body, linked to the writer', async () => {
      const bucket = await client.bucket(`watch${id}`);
      await bucket.put('a', 'one');
      await bucket.put('a', 'two');
      const writers = clients.spans.all().slice(-2).map(idOf);
      clients.spans.clear();
      const process = `process $KV.watch${id}.>`;
      for await (const _entry of await bucket.history({ key: 'a' })) {
        assert.equal(activeName(), process);
        await tick();
        assert.equal(activeName(), process);
      }
      for await (const entry of await bucket.watch({ key: 'a' })) {
        assert.equal(entry.string(), 'two');
        await tick();
        assert.equal(activeName(), process);
        break;
      }
      assert.equal(activeName(), undefined);
      await spansAre(process, process, process);
      const spans = clients.spans.all();
      assert.deepEqual(spans.flatMap(linkIds), [...writers, writers[1]]);
      assert.deepEqual(spans.map(parentOf), [undefined, undefined, undefined]);
      assert.equal(spans[0]?.attributes[ATTR.bucket], `watch${id}`);
    });

    test('objects: put, get and delete are one span each, however many chunks', async () => {
      const objects = await client.objects(`obj${id}`);
      clients.spans.clear();
      await objects.putBlob({ name: 'photo' }, new Uint8Array(300_000));
      assert.equal((await objects.getBlob('photo'))?.length, 300_000);
      const streamed = await objects.get('photo');
      let received = 0;
      for await (const chunk of streamed?.data ?? []) received += chunk.length;
      assert.equal(received, 300_000);
      await objects.delete('photo');
      const on = (operation: string) => `${operation} $O.obj${id}.>`;
      await spansAre(on('put'), on('get'), on('get'), on('delete'));
      const put = clients.spans.one(on('put'));
      assert.equal(put.kind, SpanKind.PRODUCER);
      for (const span of clients.spans.all()) {
        assert.equal(span.attributes[ATTR.storeKind], 'object-store');
        assert.equal(span.attributes[ATTR.bucket], `obj${id}`);
        assert.equal(span.attributes[ATTR.key], 'photo');
        if (span.name !== on('delete')) assert.equal(span.attributes[ATTR.bodySize], 300_000);
      }
    });

    test('services: handlers by promise, errors thrown, rejected and answered', async () => {
      const service = await client.service(`svc${id}`);
      service.addEndpoint(`slow${id}`, async (_error, message) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        assert.equal(activeName(), `process slow${id}`);
        message.respond('ok');
      });
      service.addEndpoint(`refusing${id}`, (_error, message) => {
        message.respondError(422, 'no such order');
      });
      service.addEndpoint(`throwing${id}`, () => {
        throw new RangeError('broken');
      });
      await client.request(`slow${id}`);
      await client.request(`refusing${id}`);
      await client.request(`throwing${id}`);
      await spansAre(
        ...['slow', 'refusing', 'throwing'].flatMap((endpoint) => [
          `request ${endpoint}${id}`,
          `process ${endpoint}${id}`,
          'respond _INBOX.>',
        ]),
      );
      const slow = clients.spans.one(`process slow${id}`);
      assert.ok(slow.duration[0] * 1e3 + slow.duration[1] / 1e6 >= 19);
      assert.equal(parentOf(slow), idOf(clients.spans.one(`request slow${id}`)));
      assert.equal(slow.attributes[ATTR.microservice], `svc${id}`);
      assert.equal(slow.attributes[ATTR.endpoint], `slow${id}`);
      assert.ok(slow.attributes[ATTR.consumerGroup]);
      assert.equal(slow.status.code, SpanStatusCode.UNSET);
      const refusing = clients.spans.one(`process refusing${id}`);
      assert.equal(refusing.attributes[ATTR.serviceErrorCode], '422');
      assert.equal(refusing.attributes[ATTR.errorType], '422');
      assert.deepEqual(refusing.status, { code: SpanStatusCode.ERROR, message: 'no such order' });
      const throwing = clients.spans.one(`process throwing${id}`);
      assert.equal(throwing.attributes[ATTR.errorType], 'RangeError');
      const responds = clients.spans.all().filter((span) => span.name === 'respond _INBOX.>');
      assert.deepEqual(
        new Set(responds.map(parentOf)),
        new Set([slow, refusing, throwing].map(idOf)),
      );
      await service.stop();
    });

    test('services: endpoints by iterator have a context in the body; discovery makes no spans', async () => {
      const service = await client.service(`iter${id}`);
      const loop = (async () => {
        for await (const message of service.addEndpoint(`loop${id}`)) {
          await tick();
          assert.equal(activeName(), `process loop${id}`);
          message.respond('ok');
          return;
        }
      })();
      assert.ok((await client.discover()) >= 1);
      assert.deepEqual(clients.spans.names(), []);
      await client.request(`loop${id}`);
      await loop;
      await spansAre(`request loop${id}`, `process loop${id}`, 'respond _INBOX.>');
      await service.stop();
    });
  });
}
