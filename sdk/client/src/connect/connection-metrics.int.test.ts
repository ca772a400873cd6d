import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNats, waitFor } from '@hopline/testkit';
import { metricLines } from '../testing/metric-lines.ts';
import { connect, fixed } from './index.ts';

test('an outage in metrics and log lines', async () => {
  await using nats = await startNats({ jetstream: false });
  await using metrics = metricLines();
  const lines: string[] = [];
  const keep = (_fields: object, line: string) => lines.push(line);
  await using connection = await connect({
    name: 'measured',
    servers: nats.url,
    backoff: fixed({ delayMs: 100, jitterMs: 0 }),
    log: { info: keep, warn: keep, error: keep },
    meter: metrics.meter,
  });
  await nats.kill();
  await waitFor(() => connection.history.length > 2, { message: 'a few dials' });
  assert.ok(
    (await metrics.collect()).includes('messaging.nats.connection.up measured reconnecting 1'),
  );
  await nats.restart();
  await waitFor(() => connection.state === 'connected', { message: 'connected again' });
  const dials = lines.filter((line) => line === 'nats: dial').length;
  assert.deepEqual(await metrics.collect(), [
    `messaging.nats.connection.attempts measured ${dials}`,
    'messaging.nats.connection.outage.duration measured 1x',
    'messaging.nats.connection.up measured connected 1',
  ]);
  assert.deepEqual(
    lines.filter((line) => line !== 'nats: dial'),
    ['nats: connected', 'nats: reconnecting', 'nats: connected'],
  );
});
