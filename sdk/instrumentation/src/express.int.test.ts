import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startNats } from '@hopline/testkit';
import { OtlpReceiver } from './testing/otlp-receiver.ts';
import { runPreloaded } from './testing/preloaded-app.ts';

const APPS = join(import.meta.dirname, 'testing/apps');
const SERVER = 2;

for (const app of ['express.cjs', 'express.mjs']) {
  test(`${app}: one trace from the HTTP request to the last consumer, and on every log line`, async () => {
    await using nats = await startNats();
    await using receiver = await OtlpReceiver.start();
    const output = await runPreloaded(join(APPS, app), {
      endpoint: receiver.url,
      NATS_URL: nats.url,
    });
    const server = receiver.spans.find(({ kind }) => kind === SERVER);
    assert.equal(server?.name, 'GET /orders/:id');
    const own = receiver.spans.filter(({ traceId }) => traceId === server?.traceId);
    const names = own.map(({ name }) => name).sort();
    assert.deepEqual(names, [
      'GET',
      'GET /orders/:id',
      'ack orders.created',
      'process orders.created',
      'process payments.taken',
      'publish orders.created',
      'publish payments.taken',
    ]);
    const by = new Map(own.map((span) => [span.name, span]));
    const parentOf = (name: string) =>
      own.find(({ spanId }) => spanId === by.get(name)?.parentSpanId);
    assert.equal(parentOf('publish orders.created')?.name, 'GET /orders/:id');
    assert.equal(parentOf('process orders.created')?.name, 'publish orders.created');
    assert.equal(parentOf('publish payments.taken')?.name, 'process orders.created');
    assert.equal(parentOf('process payments.taken')?.name, 'publish payments.taken');

    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const logged = lines.map(({ msg, trace_id, span_id }) => [msg, trace_id, span_id]);
    const wanted = [
      ['order received', 'GET /orders/:id'],
      ['payment taken', 'process orders.created'],
      ['shipped', 'process payments.taken'],
    ].map(([line, span]) => [line, server?.traceId, by.get(span ?? '')?.spanId]);
    assert.deepEqual(logged, wanted);
  });
}
