import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNats, waitFor } from '@hopline/testkit';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { connect, fixed } from './index.ts';

test('an outage in metrics and log lines', async () => {
  await using nats = await startNats({ jetstream: false });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  const collected = async (): Promise<string[]> => {
    exporter.reset();
    await reader.forceFlush();
    return exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap(({ metrics }) => metrics)
      .flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ value, attributes }) => {
          const shown = typeof value === 'object' ? `${value.count}x` : value;
          return `${descriptor.name} ${Object.values(attributes).join(' ')} ${shown}`;
        }),
      )
      .filter((line) => !line.endsWith(' 0'))
      .sort();
  };
  const lines: string[] = [];
  const keep = (_fields: object, line: string) => lines.push(line);
  await using connection = await connect({
    name: 'measured',
    servers: nats.url,
    backoff: fixed({ delayMs: 100, jitterMs: 0 }),
    log: { info: keep, warn: keep, error: keep },
    meter: provider.getMeter('test'),
  });
  await nats.kill();
  await waitFor(() => connection.history.length > 2, { message: 'a few dials' });
  assert.ok((await collected()).includes('messaging.nats.connection.up measured reconnecting 1'));
  await nats.restart();
  await waitFor(() => connection.state === 'connected', { message: 'connected again' });
  const dials = lines.filter((line) => line === 'nats: dial').length;
  assert.deepEqual(await collected(), [
    `messaging.nats.connection.attempts measured ${dials}`,
    'messaging.nats.connection.outage.duration measured 1x',
    'messaging.nats.connection.up measured connected 1',
  ]);
  assert.deepEqual(
    lines.filter((line) => line !== 'nats: dial'),
    ['nats: connected', 'nats: reconnecting', 'nats: connected'],
  );
  await provider.shutdown();
});
