const { connect: dial } = require('node:net');
const pino = require('pino');

exports.run = async function run({ connect, jetstream, jetstreamManager, express }) {
  const log = pino();
  const nc = await connect({ servers: process.env.NATS_URL, name: 'orders' });
  const jsm = await jetstreamManager(nc);
  await jsm.streams.add({ name: 'ORDERS', subjects: ['orders.>'], storage: 'memory' });
  await jsm.consumers.add('ORDERS', { durable_name: 'payment', ack_policy: 'explicit' });
  const js = jetstream(nc);

  let onShipped;
  const shipped = () => new Promise((resolve) => (onShipped = resolve));
  nc.subscribe('payments.taken', {
    callback: () => {
      log.info('shipped');
      onShipped();
    },
  });
  const consumer = await js.consumers.get('ORDERS', 'payment');
  const messages = await consumer.consume();
  void (async () => {
    for await (const message of messages) {
      await new Promise((wake) => setTimeout(wake, 1));
      log.info({ carried: message.headers?.values('X-Trace-ID')[0] }, 'payment taken');
      nc.publish('payments.taken', message.data);
      message.ack();
    }
  })();

  const app = express();
  app.use((_request, _response, next) => next());
  app.get('/orders/:id', async (request, response) => {
    log.info('order received');
    await js.publish('orders.created', request.params.id);
    response.end('ok');
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address();
  for (const ask of [askWithFetch, askByHand]) {
    const arrived = shipped();
    await ask(port);
    await arrived;
  }
  messages.stop();
  server.close();
  await nc.drain();
};

async function askWithFetch(port) {
  await (await fetch(`http://127.0.0.1:${port}/orders/4711`)).text();
}

/** As a caller that knows of no `traceparent`. */
function askByHand(port) {
  return new Promise((resolve) => {
    const socket = dial(port, '127.0.0.1').resume().on('close', resolve);
    const lines = ['GET /orders/4712 HTTP/1.1', 'Host: a', 'X-Trace-ID: order-4712'];
    socket.write(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
  });
}
