import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { ATTR } from '@hopline/model';
import { freePort, type NatsServer, startNats, startProcess, waitFor } from '@hopline/testkit';
import { NODE_UNDER_TEST, tellsRoutes } from './testing/node-under-test.ts';
import { OtlpReceiver, type ReceivedSpan } from './testing/otlp-receiver.ts';

const PACKAGE = join(import.meta.dirname, '..');
const APPS = join(import.meta.dirname, 'testing/apps');
/** Inside the repository, so that what the bundle imports is found. */
const BUILT = join(PACKAGE, `../../node_modules/.cache/instrumentation-test-${process.pid}`);

let nats: NatsServer;

before(async () => {
  const built = spawnSync(process.execPath, ['build.mjs', BUILT], {
    cwd: PACKAGE,
    encoding: 'utf8',
  });
  assert.equal(built.status, 0, built.stderr);
  // As in the package; older versions of Node do not guess.
  await writeFile(join(BUILT, 'package.json'), '{ "type": "module" }');
  nats = await startNats();
});
after(async () => {
  await rm(BUILT, { recursive: true, force: true });
  await nats[Symbol.asyncDispose]();
});

interface Run {
  app: string;
  endpoint: string;
  env?: Record<string, string>;
  preload?: string[];
}

const esm = ['--import', join(BUILT, 'register.js')];
const cjs = ['--require', join(BUILT, 'register.cjs')];

const start = ({ app, endpoint, env = {}, preload = esm }: Run) =>
  startProcess({
    name: app,
    ...NODE_UNDER_TEST,
    args: [...preload, join(APPS, app)],
    env: { NATS_URL: nats.url, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...env },
  });

function span(receiver: OtlpReceiver, name: string, kind?: number): ReceivedSpan {
  const found = receiver.spans.find(
    (candidate) => candidate.name === name && (kind === undefined || candidate.kind === kind),
  );
  assert.ok(found, `${name} in ${receiver.spans.map((each) => each.name).join(', ')}`);
  return found;
}

const SERVER = 2;
/** What an export may take, and how soon a process must end that does not wait for one. */
const LONG_MS = '120000';
const SOON_MS = 60_000;

suite('an application that does not know of it', () => {
  const route = tellsRoutes() ? 'GET /orders/:id' : 'GET';
  const ways: [string, string, string[], string][] = [
    ['ES module, --import', 'orders.mjs', esm, 'GET'],
    ['CommonJS with fastify, --import', 'orders.cjs', esm, route],
    ['ES module, --require', 'orders.mjs', cjs, 'GET'],
    ['CommonJS with fastify, --require', 'orders.cjs', cjs, route],
  ];
  for (const [way, app, preload, http] of ways) {
    test(`${way}: one trace, its logs, the metrics`, async () => {
      await using receiver = await OtlpReceiver.start();
      await using nothingLeft = await emptyStreams();
      assert.ok(nothingLeft);
      const env = { OTEL_SERVICE_NAME: 'orders', OTEL_RESOURCE_ATTRIBUTES: 'team=blue' };
      await using run = await start({ app, endpoint: receiver.url, preload, env });
      assert.deepEqual(await run.exited, { code: 0, signal: null }, run.output());
      const server = span(receiver, http, SERVER);
      const publish = span(receiver, 'publish orders.created');
      const process = span(receiver, 'process orders.created');
      const ack = span(receiver, 'ack orders.created');
      assert.deepEqual(
        [publish.parentSpanId, process.parentSpanId, ack.parentSpanId],
        [server.spanId, publish.spanId, process.spanId],
      );
      assert.equal(new Set([server, publish, process, ack].map((each) => each.traceId)).size, 1);
      assert.ok(process.startNs >= publish.startNs && process.endNs > process.startNs);
      assert.equal(process.attributes[ATTR.stream], 'ORDERS');
      assert.equal(server.resource[ATTR.serviceName], 'orders');
      assert.equal(server.resource.team, 'blue');
      assert.ok(server.resource['service.instance.id'] && server.resource['host.name']);

      const bodies = Object.fromEntries(receiver.logs.map((log) => [log.body, log]));
      assert.equal(bodies['order received']?.spanId, server.spanId);
      assert.equal(bodies['payment taken']?.spanId, process.spanId);
      assert.equal(bodies['payment taken']?.severity, 'INFO');
      assert.equal(bodies['charged 12']?.spanId, process.spanId);
      assert.equal(bodies['charged 12']?.resource[ATTR.serviceName], 'orders');
      const lines = run.output().split('\n');
      const line = JSON.parse(lines.find((each) => each.includes('payment taken')) ?? '{}');
      assert.equal(line.trace_id, process.traceId);
      assert.equal(line.span_id, process.spanId);
      assert.equal(line.service, 'orders');
      assert.ok(Math.abs(Date.parse(line.timestamp ?? '') - Number(line.time)) < 1_000);
      assert.ok(lines.includes('charged 12'));
      if (app === 'orders.mjs') {
        assert.equal(line.card, '[Redacted]');
        assert.equal(bodies['payment taken']?.attributes.card, '[Redacted]');
      }
      for (const metric of ['messaging.process.duration', 'http.server.request.duration']) {
        assert.ok(receiver.metrics.has(metric), metric);
      }
      const own = receiver.spans.filter((each) =>
        String(each.attributes['url.full'] ?? each.attributes['url.path']).includes('/v1/'),
      );
      assert.deepEqual(own, [], 'our own exports must not be traced');
    });
  }

  test('the service is named after the nearest package.json when nobody names it', async () => {
    await using receiver = await OtlpReceiver.start();
    await using run = await start({ app: 'failing.mjs', endpoint: receiver.url });
    await run.exited;
    assert.equal(
      span(receiver, 'publish before.the.end').resource[ATTR.serviceName],
      '@hopline/instrumentation',
    );
  });

  test('OTEL_SDK_DISABLED leaves the application as it is', async () => {
    await using receiver = await OtlpReceiver.start();
    const env = { OTEL_SDK_DISABLED: 'true' };
    await using run = await start({ app: 'failing.mjs', endpoint: receiver.url, env });
    assert.deepEqual(await run.exited, { code: 3, signal: null });
    assert.deepEqual(receiver.spans, []);
  });
});

test('beside a setup of the application: only NATS, into that setup, nothing twice', async () => {
  await using receiver = await OtlpReceiver.start();
  await using nothingLeft = await emptyStreams();
  assert.ok(nothingLeft);
  const preload = ['--import', join(APPS, 'own-setup.mjs'), ...esm];
  await using run = await start({ app: 'orders.mjs', endpoint: receiver.url, preload });
  assert.deepEqual(await run.exited, { code: 0, signal: null }, run.output());
  assert.match(
    run.output(),
    /own spans: 1 GET, 2 GET, 2 ack orders.created, 3 publish orders.created, 4 process orders.created/,
  );
  assert.deepEqual([receiver.spans, receiver.logs], [[], []]);
});

for (const app of ['express.mjs', 'express.cjs']) {
  test(`${app}: one trace from the HTTP request to the last consumer, and on every log line`, async () => {
    await using receiver = await OtlpReceiver.start();
    await using nothingLeft = await emptyStreams();
    assert.ok(nothingLeft);
    await using run = await start({ app, endpoint: receiver.url });
    assert.deepEqual(await run.exited, { code: 0, signal: null }, run.output());
    const lines = run
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line): Record<string, string> => JSON.parse(line));
    const servers = receiver.spans.filter(({ kind }) => kind === SERVER);
    servers.sort((left, right) => (left.startNs < right.startNs ? -1 : 1));
    assert.equal(servers.length, 2);
    for (const [request, server] of servers.entries()) {
      assert.equal(server.name, 'GET /orders/:id');
      const own = receiver.spans.filter(({ traceId }) => traceId === server.traceId);
      // The caller's own span, where the caller is traced, too.
      const asked = own.some(({ spanId }) => spanId === server.parentSpanId);
      const by = new Map(own.map((each) => [each.name, each]));
      const path = [
        'GET /orders/:id',
        'publish orders.created',
        'process orders.created',
        'publish payments.taken',
        'process payments.taken',
      ];
      assert.equal(own.length, path.length + 1 + (asked ? 1 : 0));
      for (const [at, name] of path.entries()) {
        if (at > 0) assert.equal(by.get(name)?.parentSpanId, by.get(path[at - 1] ?? '')?.spanId);
      }
      const id = [undefined, 'order-4712'][request];
      const logged = lines.filter(({ trace_id }) => trace_id === server.traceId);
      assert.deepEqual(
        logged.map(({ msg, span_id, x_trace_id }) => [msg, span_id, x_trace_id]),
        [
          ['order received', server.spanId, id],
          ['payment taken', by.get('process orders.created')?.spanId, id],
          ['shipped', by.get('process payments.taken')?.spanId, id],
        ],
      );
      assert.equal(logged[1]?.carried, id);
    }
  });
}

for (const app of ['winston.mjs', 'winston.cjs']) {
  test(`${app}: lines of callbacks, loop bodies, awaits and child promises belong to their message`, async () => {
    await using receiver = await OtlpReceiver.start();
    const env = { OTEL_SERVICE_NAME: 'winston-app' };
    await using run = await start({ app, endpoint: receiver.url, env });
    assert.deepEqual(await run.exited, { code: 0, signal: null }, run.output());
    const lines = run
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line): Record<string, string> => JSON.parse(line));
    const called = span(receiver, 'process win.called');
    const looped = span(receiver, 'process win.looped');
    const expected = { callback: called, awaited: called, loop: looped, 'loop awaited': looped };
    for (const [message, { traceId, spanId }] of Object.entries({ ...expected, child: looped })) {
      const line = lines.find((each) => each.message === message);
      assert.deepEqual(
        [line?.trace_id, line?.span_id, line?.service, line?.level],
        [traceId, spanId, 'winston-app', 'info'],
      );
      assert.ok(!Number.isNaN(Date.parse(line?.timestamp ?? '')));
      const sent = receiver.logs.find((log) => log.body === message);
      assert.deepEqual([sent?.spanId, sent?.severity], [spanId, 'INFO'], message);
      assert.equal(sent?.attributes.card, '[Redacted]', 'as the formats left it');
    }
    assert.equal(lines.find((each) => each.message === 'outside')?.trace_id, undefined);
    assert.ok(!receiver.logs.some((log) => log.body === 'too fine'));
  });
}

test('OTEL_METRICS_EXPORTER=prometheus serves /metrics without any code; scrapes are no spans', async () => {
  await using receiver = await OtlpReceiver.start();
  const port = await freePort();
  const env = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: String(port) };
  await using run = await start({ app: 'talker.mjs', endpoint: receiver.url, env });
  await waitFor(() => run.output().includes('ready'), { message: 'ready' });
  await waitFor(
    async () => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return /nats_messages_published_total\{subject="talk"\} [1-9]/.test(text);
    },
    { message: 'the counter' },
  );
  run.signal('SIGTERM');
  await run.exited;
  assert.deepEqual([...receiver.metrics], []);
  assert.deepEqual(new Set(receiver.spans.map((each) => each.name)), new Set(['publish talk']));
});

suite('the end of the process', () => {
  test('the exit code stays, the last spans are sent', async () => {
    await using receiver = await OtlpReceiver.start();
    const env = { OTEL_BSP_SCHEDULE_DELAY: '60000' };
    await using run = await start({ app: 'failing.mjs', endpoint: receiver.url, env });
    assert.deepEqual(await run.exited, { code: 3, signal: null });
    span(receiver, 'publish before.the.end');
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`${signal} ends it by that signal, after the last spans are sent`, async () => {
      await using receiver = await OtlpReceiver.start();
      const env = { OTEL_BSP_SCHEDULE_DELAY: '60000' };
      await using run = await start({ app: 'talker.mjs', endpoint: receiver.url, env });
      await waitFor(() => run.output().includes('ready'), { message: 'ready' });
      run.signal(signal);
      assert.deepEqual(await run.exited, { code: null, signal });
      span(receiver, 'publish talk');
    });
  }

  test('an application that handles SIGTERM ends in its own way', async () => {
    await using receiver = await OtlpReceiver.start();
    await using run = await start({
      app: 'talker.mjs',
      endpoint: receiver.url,
      env: { HANDLE: '1' },
    });
    await waitFor(() => run.output().includes('ready'), { message: 'ready' });
    run.signal('SIGTERM');
    assert.deepEqual(await run.exited, { code: 7, signal: null });
    span(receiver, 'publish talk');
  });

  test('nobody at the endpoint: the application ends as fast, with its code, silently', async () => {
    const env = { OTEL_EXPORTER_OTLP_TIMEOUT: LONG_MS };
    await using run = await start({ app: 'failing.mjs', endpoint: 'http://127.0.0.1:9', env });
    const startedAt = performance.now();
    assert.deepEqual(await run.exited, { code: 3, signal: null });
    assert.ok(performance.now() - startedAt < SOON_MS);
    assert.equal(run.output(), '');
  });

  test('an endpoint that never answers holds it no longer than the flush may take', async () => {
    await using mute = await muteServer();
    const env = { HOPLINE_FLUSH_TIMEOUT: '300', OTEL_EXPORTER_OTLP_TIMEOUT: LONG_MS };
    await using run = await start({ app: 'failing.mjs', endpoint: mute.url, env });
    const startedAt = performance.now();
    assert.deepEqual(await run.exited, { code: 3, signal: null });
    assert.ok(performance.now() - startedAt < SOON_MS, 'held by an export');
  });
});

/** Deletes the application's stream when disposed, so that the next one starts empty. */
async function emptyStreams(): Promise<AsyncDisposable> {
  const { connect } = await import('@nats-io/transport-node');
  const { jetstreamManager } = await import('@nats-io/jetstream');
  return {
    async [Symbol.asyncDispose]() {
      const nc = await connect({ servers: nats.url });
      await (await jetstreamManager(nc)).streams.delete('ORDERS');
      await nc.close();
    },
  };
}

async function muteServer(): Promise<AsyncDisposable & { url: string }> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
