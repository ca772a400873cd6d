import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { CONTRACT, type TraceResponse } from '@hopline/model/api';
import { startNats, TRACE_DEST, tempDir, waitFor } from '@hopline/testkit';
import { connect, headers } from '@nats-io/transport-node';
import { startServer } from '../main.ts';
import { settings } from './servers.fixture.ts';

const PATIENT = { timeoutMs: 90_000, intervalMs: 500 };

test('what the servers told one Hopline is a trace at another', { timeout: 170_000 }, async () => {
  await using nats = await startNats({ accounts: TRACED, noAuthUser: 'app' });
  await using folders = new AsyncDisposableStack();
  const [ownDir, otherDir] = [await tempDir('exports'), await tempDir('receives')];
  folders.use(ownDir);
  folders.use(otherDir);
  const quiet = { logLevel: 'silent' } as const;
  await using other = await startServer(settings(otherDir.path, quiet));
  await using own = await startServer(
    settings(ownDir.path, {
      ...quiet,
      nats: { servers: [nats.url], traceSubject: TRACE_DEST },
      export: { otlpEndpoint: other.otlpHttpUrl },
    }),
  );
  await using clients = new AsyncDisposableStack();
  const client = clients.adopt(await connect({ servers: nats.url, name: 'shop' }), (one) =>
    one.close(),
  );
  client.subscribe('orders.*', { callback: () => undefined });

  const [traceId, spanId] = [randomBytes(16), randomBytes(8)].map((id) => id.toString('hex'));
  const carried = headers();
  carried.set('traceparent', `00-${traceId}-${spanId}-01`);
  // Again until Hopline has subscribed: the same message makes the same spans.
  const trace = await waitFor(
    async () => {
      client.publish('orders.new', 'x', { headers: carried });
      await client.flush();
      const response = await fetch(`${other.httpUrl}/api/v1/traces/${traceId}`);
      return response.ok && (CONTRACT.trace.response.parse(await response.json()) as TraceResponse);
    },
    { message: 'the spans at the other Hopline', ...PATIENT },
  );
  assert.deepEqual(
    trace.spans.map(({ name, service, kind }) => `${service} ${kind} ${name}`).sort(),
    ['nats-server INTERNAL deliver orders.*', `nats-server INTERNAL server ${nats.name}`],
  );
  const [server] = trace.spans.filter(({ parentSpanId }) => parentSpanId === spanId);
  assert.equal(server?.name, `server ${nats.name}`);
  const metrics = await (await fetch(`${own.httpUrl}/metrics`)).text();
  assert.match(metrics, /^hopline_export_spans_total\{outcome="sent"\} [1-9]/m);
});

const TRACED = `APP {
  msg_trace: { dest: "${TRACE_DEST}", sampling: 100 }
  users: [{ user: app, password: "app" }]
}`;
