// Key-value buckets, object stores and services.
import { inBody } from './steps.mjs';

const KV_ATTRIBUTES = ['messaging.nats.store.kind', 'messaging.nats.bucket.name'];
const ENDPOINT_ATTRIBUTES = ['messaging.nats.service.name', 'messaging.nats.service.endpoint'];

export const storeRows = [
  {
    surface: 'kv.put, update, create, get, delete',
    prepare: ({ client, nc }) => client.bucket(nc, 'kv1'),
    spans: [
      'put $KV.kv1.> producer',
      'update $KV.kv1.> producer',
      'create $KV.kv1.> producer',
      'get $KV.kv1.> client ~ update $KV.kv1.>',
      'delete $KV.kv1.> producer',
    ],
    attributes: [...KV_ATTRIBUTES, 'messaging.nats.key'],
    async run({ prepared: bucket }) {
      const version = await bucket.put('a', new Uint8Array(1));
      await bucket.update('a', new Uint8Array(2), version);
      await bucket.create('b', new Uint8Array(1));
      await bucket.get('a');
      await bucket.delete('a');
    },
  },
  {
    surface: 'kv.watch, kv.history',
    async prepare({ client, nc }) {
      const bucket = await client.bucket(nc, 'kv2');
      await bucket.put('a', new Uint8Array(1));
      return bucket;
    },
    spans: Array(2).fill('process $KV.kv2.> consumer ~ outside'),
    body: [...Array(2).fill('process $KV.kv2.>'), 'none'],
    attributes: KV_ATTRIBUTES,
    async run({ prepared: bucket }) {
      for await (const _entry of await bucket.history({ key: 'a' })) await inBody();
      for await (const _entry of await bucket.watch({ key: 'a' })) {
        await inBody();
        break;
      }
      await inBody();
    },
  },
  {
    surface: 'object store put, get, delete',
    prepare: ({ client, nc }) => client.objects(nc, 'obj1'),
    spans: ['put $O.obj1.> producer', 'get $O.obj1.> client', 'delete $O.obj1.> producer'],
    attributes: [...KV_ATTRIBUTES, 'messaging.nats.key'],
    async run({ prepared: objects }) {
      await objects.putBlob({ name: 'photo' }, new Uint8Array(300_000));
      await objects.getBlob('photo');
      await objects.delete('photo');
    },
  },
  {
    surface: 'service endpoint by handler; discovery',
    prepare: ({ client, nc }) => client.service(nc, 'svc1'),
    spans: [
      'request s.a producer ~ respond _INBOX.>',
      'process s.a consumer < request s.a',
      'respond _INBOX.> producer < process s.a',
    ],
    body: ['process s.a'],
    attributes: [...ENDPOINT_ATTRIBUTES, 'messaging.consumer.group.name'],
    attributesOf: 'process s.a',
    async run({ client, nc, prepared: service }) {
      const handler = async (_error, message) => {
        await inBody();
        message.respond('ok');
      };
      service.addEndpoint('a', { subject: 's.a', handler });
      for await (const _info of await client.discover(nc));
      await nc.request('s.a', 'q', { timeout: 1000 });
      await service.stop();
    },
  },
  {
    surface: 'service endpoint by for await',
    prepare: ({ client, nc }) => client.service(nc, 'svc2'),
    spans: [
      'request s.b producer ~ respond _INBOX.>',
      'process s.b consumer < request s.b',
      'respond _INBOX.> producer < process s.b',
    ],
    body: ['process s.b'],
    attributes: ENDPOINT_ATTRIBUTES,
    attributesOf: 'process s.b',
    async run({ nc, prepared: service }) {
      const loop = (async () => {
        for await (const message of service.addEndpoint('b', { subject: 's.b' })) {
          await inBody();
          message.respond('ok');
          break;
        }
      })();
      await nc.request('s.b', 'q', { timeout: 1000 });
      await loop;
      await service.stop();
    },
  },
  {
    surface: 'service endpoint that answers an error',
    prepare: ({ client, nc }) => client.service(nc, 'svc3'),
    spans: [
      'request s.c producer ~ respond _INBOX.>',
      'process s.c consumer < request s.c ! 422',
      'respond _INBOX.> producer < process s.c',
    ],
    async run({ nc, prepared: service }) {
      const handler = (_error, message) => message.respondError(422, 'no');
      service.addEndpoint('c', { subject: 's.c', handler });
      await nc.request('s.c', 'q', { timeout: 1000 });
      await service.stop();
    },
  },
];
