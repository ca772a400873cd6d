// An ES module application that does not know of any instrumentation.
import { createServer, request } from 'node:http';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import pino from 'pino';

const log = pino({ redact: ['card'] });
const nc = await connect({ servers: process.env.NATS_URL, name: 'orders' });
const jsm = await jetstreamManager(nc);
await jsm.streams.add({ name: 'ORDERS', subjects: ['orders.>'], storage: 'memory' });
await jsm.consumers.add('ORDERS', { durable_name: 'payment', ack_policy: 'explicit' });
const js = jetstream(nc);
const consumer = await js.consumers.get('ORDERS', 'payment');

const handled = (async () => {
  for await (const message of await consumer.consume()) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    log.info({ card: '4711', order: message.json().id }, 'payment taken');
    console.log('charged %d', 12);
    message.ack();
    break;
  }
})();

async function receive(incoming, response) {
  log.info('order received');
  await js.publish('orders.created', JSON.stringify({ id: incoming.url }));
  response.end('ok');
}

const server = createServer((incoming, response) => void receive(incoming, response));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();
await new Promise((resolve) => {
  request({ port, host: '127.0.0.1', path: '/4711' }, (answer) =>
    answer.resume().on('end', resolve),
  ).end();
});
await handled;
server.close();
await nc.drain();
