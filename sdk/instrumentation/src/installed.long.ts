import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type NatsServer, startNats, startProcess } from '@hopline/testkit';
import { NODE_UNDER_TEST } from './testing/node-under-test.ts';
import { OtlpReceiver } from './testing/otlp-receiver.ts';

/** An installation as users make one, with the SDK 3.x and OpenTelemetry's own preload. */
const APPS = process.env.HOPLINE_TEST_APPS;
const skip = APPS ? false : 'SKIPPED: runs in an installation of its own, by npm run test:matrix';

const OWN = '@hopline/instrumentation/register';
const OPEN_TELEMETRY = '@opentelemetry/auto-instrumentations-node/register';

suite('beside @opentelemetry/auto-instrumentations-node', { skip }, () => {
  let nats: NatsServer;
  before(async () => {
    nats = await startNats();
  });
  after(() => nats[Symbol.asyncDispose]());

  for (const preloads of [
    [OPEN_TELEMETRY, OWN],
    [OWN, OPEN_TELEMETRY],
  ]) {
    test(`--import ${preloads.join(' --import ')}: no span twice, one trace`, async () => {
      await using receiver = await OtlpReceiver.start();
      await using app = await startProcess({
        name: 'orders',
        ...NODE_UNDER_TEST,
        args: [...preloads.flatMap((each) => ['--import', each]), join(APPS ?? '', 'orders.cjs')],
        cwd: APPS ?? '',
        env: {
          NATS_URL: nats.url,
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
          OTEL_SERVICE_NAME: 'orders',
          OTEL_NODE_RESOURCE_DETECTORS: 'env,process',
          // Exports of its own are no part of what is looked at.
          OTEL_METRICS_EXPORTER: 'none',
          OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'net,dns',
        },
      });
      assert.deepEqual(await app.exited, { code: 0, signal: null }, app.output());
      const names = receiver.spans.map(({ kind, name }) => `${kind} ${name}`).sort();
      assert.deepEqual(names, [
        '2 GET',
        '3 GET',
        '3 ack orders.created',
        '4 publish orders.created',
        '5 process orders.created',
      ]);
      assert.equal(new Set(receiver.spans.map(({ traceId }) => traceId)).size, 1);
      const line = app
        .output()
        .split('\n')
        .filter((each) => each.includes('payment taken'));
      const process = receiver.spans.find(({ name }) => name === 'process orders.created');
      assert.equal(line.length, 1);
      assert.equal(JSON.parse(line[0] ?? '{}').trace_id, process?.traceId);
    });
  }
});
