// The same application as CommonJS, with fastify and its logger.
const { connect } = require('@nats-io/transport-node');
const { jetstream, jetstreamManager } = require('@nats-io/jetstream');
const fastify = require('fastify');

async function main() {
  const nc = await connect({ servers: process.env.NATS_URL, name: 'orders' });
  const jsm = await jetstreamManager(nc);
  await jsm.streams.add({ name: 'ORDERS', subjects: ['orders.>'], storage: 'memory' });
  await jsm.consumers.add('ORDERS', { durable_name: 'payment', ack_policy: 'explicit' });
  const js = jetstream(nc);
  const app = fastify({ logger: true });
  const consumer = await js.consumers.get('ORDERS', 'payment');
  const done = new Promise((resolve) => {
    void consumer
      .consume({
        callback: async (message) => {
          await new Promise((wake) => setTimeout(wake, 1));
          app.log.info('payment taken');
          console.log('charged %d', 12);
          message.ack();
          resolve();
        },
      })
      .then((messages) => done.then(() => messages.stop()));
  });
  app.get('/orders/:id', async (request) => {
    request.log.info('order received');
    await js.publish('orders.created', JSON.stringify({ id: request.params.id }));
    return 'ok';
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  await (await fetch(`${address}/orders/4711`)).text();
  await done;
  await app.close();
  await nc.drain();
}

void main();
