// An application that sends entries over a Redis Stream, with both clients.
import { extractRedisEntry, injectRedisEntry } from '@hopline/instrumentation';
import { context, trace } from '@opentelemetry/api';
import { Redis } from 'ioredis';
import { createClient } from 'redis';

const url = process.env.REDIS_URL;
const redis = await createClient({ url }).connect();
const ioredis = new Redis(url);
const tracer = trace.getTracer('app');

await tracer.startActiveSpan('add', async (span) => {
  await redis.xAdd('orders', '*', injectRedisEntry({ id: '4711' }));
  await ioredis.set('plain', 'value');
  span.end();
});
const [stream] = await redis.xRead({ key: 'orders', id: '0' });
const [[, [[, fields]]]] = await ioredis.xread('STREAMS', 'orders', '0');
for (const [name, entry] of [
  ['read by redis', stream.messages[0].message],
  ['read by ioredis', fields],
]) {
  context.with(extractRedisEntry(entry), () => tracer.startSpan(name).end());
}
await redis.close();
await ioredis.quit();
