// An application with clients of other brokers; nobody listens at their addresses.
const { dirname, join } = require('node:path');
const { trace } = require('@opentelemetry/api');
require('amqplib');
const { Redis } = require('ioredis');
const { Kafka, logLevel } = require('kafkajs');
const { createClient } = require('redis');

/** What `connect()` makes; the package does not export it. */
const { Channel } = require(join(dirname(require.resolve('amqplib')), 'lib/channel_model.js'));
const failed = () => 'failed';

async function work() {
  const kafka = new Kafka({ brokers: ['127.0.0.1:9'], logLevel: logLevel.NOTHING });
  const sent = kafka.producer().send({ topic: 'orders', messages: [{ value: 'x' }] });
  const ioredis = new Redis({ port: 9, host: '127.0.0.1', lazyConnect: true, retryStrategy: null });
  ioredis.on('error', failed);
  const redis = createClient({
    url: 'redis://127.0.0.1:9',
    socket: { reconnectStrategy: false },
  });
  redis.on('error', failed);
  await Promise.all([sent, ioredis.connect(), redis.connect()].map((each) => each.catch(failed)));
  process.stdout.write(`amqplib: ${Channel.prototype.publish.__wrapped === true}\n`);
}

trace.getTracer('app').startActiveSpan('work', (span) => {
  work()
    .catch((error) => process.stdout.write(`${error.stack}\n`))
    .finally(() => span.end());
});
