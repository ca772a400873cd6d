// An application with clients of other brokers; nobody listens at their addresses.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { trace } from '@opentelemetry/api';
import 'amqplib';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { createClient } from 'redis';

const require = createRequire(import.meta.url);

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
