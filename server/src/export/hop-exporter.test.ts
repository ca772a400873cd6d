import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { waitFor } from '@hopline/testkit';
import { messageHopSpans } from '../insight/hop-spans.ts';
import { hopTree } from '../insight/hops.ts';
import { hopRow, spanId } from '../insight/rows-fixture.ts';
import { doorParts } from '../intake/doors.fixture.ts';
import { OtlpHttpServer } from '../intake/otlp-http.ts';
import type { HopHead } from '../store/store.ts';
import { type ExportOutcome, HopExporter, type HopExporterOptions } from './hop-exporter.ts';

const PATIENT = { message: 'the spans at their receiver', timeoutMs: 60_000 };
/** Of today: a door takes nothing older than the store keeps. */
const NOW = String(BigInt(Date.now()) * 1_000_000n);

const origin = (message: number): HopHead => ({
  ...hopRow({ timeMs: 0, expects: ['1'], egresses: [{ kind: 'router', timeMs: 1, hop: '1' }] }),
  span_id: spanId(message),
  time: NOW,
  egress_time: [NOW],
});
const leader = (message: number): HopHead => ({
  ...hopRow({ timeMs: 0, server_id: 'S2', server_name: 'n2', hop: '1', ingress_name: 'n1' }),
  span_id: spanId(message),
  time: NOW,
  stream: 'ORDERS',
  store_time: NOW,
});

function exporterTo(endpoint: string, options: Partial<HopExporterOptions> = {}) {
  const counts: Record<ExportOutcome, number> = { sent: 0, refused: 0, dropped: 0 };
  const troubles: string[] = [];
  const exporter = new HopExporter({
    endpoint,
    headers: {},
    maxQueued: 1_000,
    settleMs: 20,
    timeoutMs: 20_000,
    firstWaitMs: 5,
    lastWaitMs: 50,
    onOutcome: (outcome, count) => {
      counts[outcome] += count;
    },
    onTrouble: (what, error) => troubles.push(`${what}: ${error}`),
    ...options,
  });
  return { exporter, counts, troubles };
}

/** A receiver that keeps what it was sent; `answer` gives the status of each request. */
async function receiver(answer: (count: number) => number = () => 200) {
  const requests: { headers: Record<string, unknown>; body: unknown; url: string | undefined }[] =
    [];
  const server = createServer();
  server.on('request', (request, response) => {
    void json(request).then((body) => {
      requests.push({ headers: request.headers, body, url: request.url });
      response.writeHead(answer(requests.length), { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface TraceRequest {
  resourceSpans: { scopeSpans: { spans: { spanId: string; parentSpanId: string }[] }[] }[];
}
const spansOf = (body: unknown) =>
  (body as TraceRequest).resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans),
  );

test("another Hopline's door takes all of it", async () => {
  await using parts = await doorParts();
  await using door = await OtlpHttpServer.start(parts);
  const { exporter, counts, troubles } = exporterTo(door.url);
  exporter.take([origin(1), leader(1)]);
  exporter.take([origin(2)]);
  // Two servers and a store; a server, and the one that did not report.
  await waitFor(() => counts.sent === 5, PATIENT);
  await exporter[Symbol.asyncDispose]();
  assert.deepEqual([counts, troubles], [{ sent: 5, refused: 0, dropped: 0 }, []]);
  assert.deepEqual(await parts.items(), { traces: 5 });
});

test('events of one message are joined in any order; late ones make the same spans', async () => {
  await using to = await receiver();
  const { exporter, counts } = exporterTo(`${to.url}/`, { headers: { 'x-scope': 'demo' } });
  exporter.take([leader(1), origin(1), leader(1)]);
  await waitFor(() => counts.sent === 3, PATIENT);
  exporter.take([leader(1)]);
  await waitFor(() => counts.sent === 5, PATIENT);
  await exporter[Symbol.asyncDispose]();
  const [first, late] = to.requests.map(({ body }) => spansOf(body));
  const expected = messageHopSpans(hopTree([origin(1), leader(1)]));
  const named = ({ spanId: id, parentSpanId }: { spanId: string; parentSpanId: string }) =>
    `${id} < ${parentSpanId}`;
  assert.deepEqual(first?.map(named).sort(), expected.map(named).sort());
  for (const span of late ?? assert.fail()) assert.ok(first?.map(named).includes(named(span)));
  assert.equal(to.requests[0]?.url, '/v1/traces');
  assert.equal(to.requests[0]?.headers['x-scope'], 'demo');
});

test('what a receiver asks for again is sent again, once it is there too', async () => {
  await using to = await receiver((count) => (count < 3 ? 503 : 200));
  const { exporter, counts, troubles } = exporterTo(to.url);
  exporter.take([origin(1), leader(1)]);
  await waitFor(() => counts.sent === 3, PATIENT);
  await exporter[Symbol.asyncDispose]();
  assert.equal(to.requests.length, 3);
  assert.equal(troubles.length, 2);
  assert.deepEqual(to.requests[0]?.body, to.requests[2]?.body);
});

test('what a receiver refuses is counted and not sent again', async () => {
  await using to = await receiver(() => 400);
  const { exporter, counts } = exporterTo(to.url);
  exporter.take([origin(1), leader(1)]);
  await waitFor(() => counts.refused === 3, PATIENT);
  await exporter[Symbol.asyncDispose]();
  assert.equal(to.requests.length, 1);
  assert.deepEqual(counts, { sent: 0, refused: 3, dropped: 0 });
});

test('a full queue drops what is new, and what nobody took is dropped at the end', async () => {
  // Nobody listens there.
  const { exporter, counts } = exporterTo('http://127.0.0.1:1', { maxQueued: 3 });
  exporter.take([1, 2, 3, 4, 5].map(origin));
  assert.equal(counts.dropped, 2);
  await exporter[Symbol.asyncDispose]();
  // Each of the three kept announced a server that did not report: two spans each.
  assert.deepEqual(counts, { sent: 0, refused: 0, dropped: 2 + 6 });
});
