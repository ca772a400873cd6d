import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { freePort, startNats, tempDir, waitFor } from '@hopline/testkit';
import type { ConfigInput } from '../config.ts';
import { startServer } from '../main.ts';
import { request, span } from '../otlp/requests.fixture.ts';
import { allStored, post, settings, statusOf } from './servers.fixture.ts';

const quiet = (dataDir: string, more: ConfigInput = {}): ConfigInput =>
  settings(dataDir, { logLevel: 'silent', ...more });

async function json(url: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const isReady = (httpUrl: string) =>
  waitFor(async () => (await fetch(`${httpUrl}/readyz`)).status === 200, {
    message: 'readiness',
    timeoutMs: 30_000,
  });

test('doors take data before the engine is there; then it is ready, and tells of itself', async () => {
  await using folder = await tempDir('server');
  await using server = await startServer(quiet(folder.path));
  const atOnce = await json(`${server.httpUrl}/readyz`);
  assert.equal(atOnce.status, 503);
  assert.equal(atOnce.body.ready, false);
  assert.equal((await json(`${server.httpUrl}/healthz`)).status, 200);
  const bad = span({ span_id: Buffer.alloc(8) });
  const body = request('traces', [span(), span(), bad]);
  assert.equal(await post(`${server.otlpHttpUrl}/v1/traces`, body), 200);

  await isReady(server.httpUrl);
  await allStored(server.httpUrl);
  const status = await statusOf(server.httpUrl);
  assert.equal(status.accepted.spans, 2);
  assert.equal(status.rejected.spans, 1);
  assert.match(status.store.engine, /ClickHouse \d/);
  assert.equal(status.nats.state, 'not configured');
  const response = await fetch(`${server.httpUrl}/metrics`);
  assert.match(response.headers.get('content-type')!, /^text\/plain; version=0.0.4/);
  const metrics = await response.text();
  for (const line of [
    'hopline_intake_accepted_items_total{door="http",signal="traces"} 2',
    'hopline_intake_rejected_items_total{door="http",signal="traces",reason="invalid span id"} 1',
    'hopline_store_inserted_items_total{signal="traces"} 2',
    'hopline_store_insert_duration_seconds_count{signal="traces"} 1',
    'hopline_store_state{state="ready"} 1',
    'hopline_nats_state{state="not configured"} 1',
    'hopline_journal_bytes{state="sealed"} 0',
  ]) {
    assert.ok(metrics.includes(`\n${line}\n`), `no line ${line} in\n${metrics}`);
  }
  assert.match(metrics, /^hopline_event_loop_delay_p99_seconds 0\.\d+/m);
});

test('live updates tell of stored spans', async () => {
  await using folder = await tempDir('live');
  await using server = await startServer(quiet(folder.path));
  await isReady(server.httpUrl);
  const stop = new AbortController();
  const response = await fetch(`${server.httpUrl}/api/v1/live`, { signal: stop.signal });
  let received = '';
  const reading = (async () => {
    for await (const chunk of response.body!) received += Buffer.from(chunk);
  })().catch(() => {});
  await post(`${server.otlpHttpUrl}/v1/traces`, request('traces', [span(), span(), span()]));
  await waitFor(() => received.includes('"spans":3'), { message: 'the event' });
  stop.abort();
  await reading;
});

test('NATS that is not there: it runs and says so; connects when it comes', async () => {
  await using folder = await tempDir('nats');
  const [port, monitorPort] = [await freePort(), await freePort()];
  await using server = await startServer(
    quiet(folder.path, {
      nats: { servers: [`nats://127.0.0.1:${port}`] },
      monitor: { urls: [`http://127.0.0.1:${monitorPort}`], intervalMs: 200, timeoutMs: 200 },
    }),
  );
  await isReady(server.httpUrl);
  await waitFor(
    async () => {
      const { nats, monitor } = await statusOf(server.httpUrl);
      return (
        nats.state !== 'connected' && nats.error !== '' && monitor[0]?.error !== 'not asked yet'
      );
    },
    { message: 'the errors' },
  );
  const { body } = await json(`${server.httpUrl}/readyz`);
  assert.match(JSON.stringify(body), /ECONNREFUSED|refused/i);
  await using _nats = await startNats({ port, monitorPort });
  await waitFor(
    async () => {
      const { nats, monitor } = await statusOf(server.httpUrl);
      return nats.state === 'connected' && monitor[0]?.up;
    },
    { message: 'the connection', timeoutMs: 30_000 },
  );
});

describe('what cannot be started', () => {
  const CASES = [
    ['http', (port: number) => ({ http: { port } }), /setting http.port, flag --port/],
    ['OTLP/HTTP', (httpPort: number) => ({ otlp: { httpPort } }), /flag --otlp-http-port/],
    ['OTLP/gRPC', (grpcPort: number) => ({ otlp: { grpcPort } }), /flag --otlp-grpc-port/],
  ] as const;
  for (const [name, input, setting] of CASES) {
    test(`a taken ${name} port: the error names it, and nothing stays open`, async () => {
      await using folder = await tempDir('taken');
      const holder = createServer();
      await new Promise<void>((resolve) => {
        holder.listen(0, '127.0.0.1', () => resolve());
      });
      const { port } = holder.address() as { port: number };
      await assert.rejects(startServer(quiet(folder.path, input(port))), (error: Error) => {
        assert.equal(error.name, 'DoorNotOpened');
        assert.ok(error.message.includes(`127.0.0.1:${port}`), error.message);
        assert.match(error.message, setting);
        return true;
      });
      holder.close();
      // The data directory is free again: the parts that had started were stopped.
      await using server = await startServer(quiet(folder.path, input(port)));
      assert.ok(server.httpUrl);
    });
  }

  test('a second server in the same data directory', async () => {
    await using folder = await tempDir('twice');
    await using _server = await startServer(quiet(folder.path));
    await assert.rejects(startServer(quiet(folder.path)), {
      name: 'DataDirTaken',
      message: /another Hopline is running in it/,
    });
  });
});
