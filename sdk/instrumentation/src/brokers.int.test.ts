import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { findRedisServer, freePort, startProcess, waitFor } from '@hopline/testkit';
import { type Context, propagation, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { extractRedisEntry, injectRedisEntry } from './propagation/redis-stream-entry.ts';
import { OtlpReceiver } from './testing/otlp-receiver.ts';
import { runPreloaded } from './testing/preloaded-app.ts';

const APPS = join(import.meta.dirname, 'testing/apps');
const redis = await findRedisServer().catch((reason: Error) => reason);

for (const app of ['brokers.mjs', 'brokers.cjs']) {
  test(`${app}: clients of Kafka, RabbitMQ and Redis are traced without any code`, async () => {
    await using receiver = await OtlpReceiver.start();
    const output = await runPreloaded(join(APPS, app), { endpoint: receiver.url });
    assert.equal(output, 'amqplib: true\n');
    const work = receiver.spans.find((span) => span.name === 'work');
    const children = receiver.spans.filter((span) => span.parentSpanId === work?.spanId);
    const systems = children.map(({ attributes }) =>
      String(attributes['messaging.system'] ?? attributes['db.system.name']),
    );
    assert.deepEqual([...new Set(systems)].sort(), ['kafka', 'redis']);
    assert.deepEqual(
      children.map((span) => span.name).sort(),
      ['connect', 'redis-connect', 'send orders'],
      'each once',
    );
  });
}

test('a switch for each, by the names of OpenTelemetry', async () => {
  await using receiver = await OtlpReceiver.start();
  const env = { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'kafkajs,amqplib,ioredis,redis' };
  const output = await runPreloaded(join(APPS, 'brokers.mjs'), { endpoint: receiver.url, ...env });
  assert.equal(output, 'amqplib: false\n');
  assert.deepEqual(
    receiver.spans.map((span) => span.name),
    ['work'],
  );
});

suite('entries of Redis Streams', () => {
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const spanContext = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: TraceFlags.SAMPLED,
  };
  const sending = trace.setSpanContext(ROOT_CONTEXT, spanContext);
  const idIn = (context: Context) => trace.getSpanContext(context)?.spanId;

  test('carry the context in a copy, and give it back in both forms', () => {
    const fields = { id: '4711' };
    const entry = injectRedisEntry(fields, sending);
    assert.deepEqual(fields, { id: '4711' });
    assert.equal(entry.traceparent, `00-${spanContext.traceId}-${spanContext.spanId}-01`);
    assert.equal(idIn(extractRedisEntry(entry)), spanContext.spanId);
    assert.equal(idIn(extractRedisEntry(Object.entries(entry).flat())), spanContext.spanId);
  });

  test('keep a context of their own; without one there is none', () => {
    const own = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01' };
    assert.deepEqual(injectRedisEntry(own, sending), own);
    assert.equal(idIn(extractRedisEntry({ id: '1' })), undefined);
    assert.equal(idIn(extractRedisEntry(['traceparent'])), undefined);
  });

  const skip = redis instanceof Error ? `SKIPPED: no redis-server: ${redis.message}` : false;
  test('through a real Redis, with redis and ioredis', { skip }, async () => {
    await using receiver = await OtlpReceiver.start();
    const port = await freePort();
    await using server = await startProcess({
      name: 'redis-server',
      command: String(redis),
      args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    });
    await waitFor(() => server.output().includes('Ready to accept'), { message: 'Redis' });
    await runPreloaded(join(APPS, 'redis-streams.mjs'), {
      endpoint: receiver.url,
      REDIS_URL: `redis://127.0.0.1:${port}`,
    });
    const one = (name: string) => {
      const found = receiver.spans.filter((span) => span.name === name);
      assert.equal(found.length, 1, `${name} in ${receiver.spans.map((each) => each.name)}`);
      return found[0];
    };
    const add = one('add');
    for (const name of ['redis-XADD', 'set', 'read by redis', 'read by ioredis']) {
      assert.equal(one(name)?.parentSpanId, add?.spanId, name);
    }
  });
});
