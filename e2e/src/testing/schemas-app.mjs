// Services that write and read with schemas, and know of no instrumentation. ROLE says which one this is;
// the registry is filled by "setup". Prints DONE after COUNT messages, and goes on until it is stopped.
import { setTimeout } from 'node:timers/promises';
import { avro } from '@hopline/client/codecs/avro';
import { json } from '@hopline/client/codecs/json';
import { protobuf } from '@hopline/client/codecs/protobuf';
import { SchemaRegistry, schemaMessages } from '@hopline/client/schemas';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';

const role = process.env.ROLE;
const nc = await connect({ servers: process.env.NATS_URL, name: role });
const bucket = await new Kvm(nc).create('schemas');
const registry = new SchemaRegistry({ bucket, formats: [avro, json, protobuf] });

const order = (...fields) =>
  JSON.stringify({
    type: 'record',
    name: 'Order',
    namespace: 'shop',
    fields: [{ name: 'id', type: 'string' }, { name: 'total', type: 'int' }, ...fields],
  });
const CURRENCY = { name: 'currency', type: 'string', default: 'EUR' };
const NOTE = { name: 'note', type: 'string' };

const ROLES = {
  async setup() {
    const add = (subject, format, text) => registry.register(subject, { format, text });
    await add('shop.order.created', 'avro', order());
    await add('shop.order.created', 'avro', order(CURRENCY));
    await registry.setCompatibility('NONE', 'shop.order.created');
    await add('shop.order.created', 'avro', order(CURRENCY, NOTE));
    const stock = (...more) =>
      JSON.stringify({
        type: 'object',
        properties: Object.fromEntries(['sku', ...more].map((name) => [name, { type: 'string' }])),
        required: ['sku'],
      });
    await add('stock.item.changed', 'json', stock());
    await add('stock.item.changed', 'json', stock('shelf'));
    const money = 'syntax = "proto3";\npackage shop;\nmessage Money {\n  int32 cents = 1;\n}\n';
    await add('shop.money', 'protobuf', money);
    await nc.close();
    process.stdout.write('DONE\n');
  },

  async checkout() {
    const header = await schemaMessages({ registry });
    const framed = await schemaMessages({ registry, wire: 'confluent' });
    const orders = [
      [header, { id: '1', total: 5 }, 1],
      [framed, { id: '2', total: 5, currency: 'USD' }, 2],
      [header, { id: '3', total: 5, currency: 'USD', note: 'gift' }, 3],
    ];
    for (let round = 1; ; round += 1) {
      for (const [messages, value, version] of orders) {
        const { data, headers } = await messages.encode('shop.order.created', value, version);
        nc.publish('shop.order.created', data, { headers });
      }
      const { headers } = await header.encode('shop.order.created', orders[0][1], 1);
      nc.publish('shop.order.created', 'broken', { headers });
      nc.publish('shop.order.created', 'no schema at all');
      if (round === 5) process.stdout.write('DONE\n');
      await setTimeout(200);
    }
  },

  async billing() {
    const messages = await schemaMessages({ registry });
    nc.subscribe('shop.order.created', {
      callback: async (_error, message) => {
        // A handler that takes what it can read.
        await messages.decode(message).catch(() => undefined);
      },
    });
    await nc.flush();
    process.stdout.write('DONE\n');
  },
};
await ROLES[role]();
