import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { waitFor } from '@hopline/testkit';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import protobuf from 'protobufjs';
import { gauge, log, point, request, span } from '../otlp/requests.fixture.ts';
import { type DoorParts, doorParts } from './doors.fixture.ts';
import { spansRequest } from './journal.fixture.ts';
import { OtlpHttpServer } from './otlp-http.ts';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

interface Answer {
  status: number;
  type: string | undefined;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

interface Sent {
  path?: string;
  method?: string;
  type?: string;
  encoding?: string;
  body?: Uint8Array;
}

async function send(url: string, sent: Sent): Promise<Answer> {
  const { path = '/v1/traces', method = 'POST', type = PROTOBUF, encoding, body } = sent;
  const headers = {
    'content-type': type,
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  };
  const outgoing = httpRequest(url + path, { method, headers });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = await response.toArray();
  return {
    status: response.statusCode!,
    type: response.headers['content-type'],
    headers: response.headers,
    body: Buffer.concat(chunks),
  };
}

const { root } = protobuf.parse(
  'syntax = "proto3"; message Status { int32 code = 1; string message = 2; }',
);
const Status = root.lookupType('Status');

/** The google.rpc.Status of a failure, in the encoding it came in. */
function rpcStatus(answer: Answer): { code: number; message: string } {
  const read =
    answer.type === JSON_TYPE
      ? JSON.parse(`${answer.body}`)
      : Status.toObject(Status.decode(answer.body));
  return read as { code: number; message: string };
}

interface OpenDoor extends AsyncDisposable {
  url: string;
  parts: DoorParts;
}

async function openDoor(options: Parameters<typeof doorParts>[0] = {}): Promise<OpenDoor> {
  const parts = await doorParts(options);
  const server = await OtlpHttpServer.start(parts);
  return {
    url: server.url,
    parts,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      assert.equal(parts.admission.inFlightBytes, 0, 'bytes in flight were not given back');
      await parts[Symbol.asyncDispose]();
    },
  };
}

describe('a request that is taken', () => {
  test('each signal, plain', async () => {
    await using door = await openDoor();
    const bodies = {
      '/v1/traces': request('traces', [span(), span()]),
      '/v1/logs': request('logs', [log()]),
      '/v1/metrics': request('metrics', [gauge([point(), point(), point()])]),
    };
    for (const [path, body] of Object.entries(bodies)) {
      const answer = await send(door.url, { path, body });
      assert.deepEqual([answer.status, answer.type, answer.body.length], [200, PROTOBUF, 0]);
    }
    assert.deepEqual(await door.parts.items(), { traces: 2, logs: 1, metrics: 3 });
    assert.deepEqual(door.parts.told.slice(0, 1), [['accepted', 'http', 'traces', 2]]);
  });

  test('every compression, content types with parameters, query strings', async () => {
    await using door = await openDoor();
    const body = spansRequest(100);
    const sent: Sent[] = [
      { encoding: 'gzip', body: gzipSync(body) },
      { encoding: 'x-gzip', body: gzipSync(body) },
      { encoding: 'deflate', body: deflateSync(body) },
      { encoding: 'zstd', body: zstdCompressSync(body) },
      { encoding: 'identity', body },
      { encoding: '', body },
      { type: 'Application/X-Protobuf; charset=utf-8', body },
      { path: '/v1/traces?tenant=a', body },
    ];
    for (const one of sent) assert.equal((await send(door.url, one)).status, 200, one.encoding);
    assert.deepEqual(await door.parts.items(), { traces: 100 * sent.length });
  });

  test('empty: success, nothing appended', async () => {
    await using door = await openDoor();
    assert.equal((await send(door.url, { body: new Uint8Array() })).status, 200);
    const json = await send(door.url, { type: JSON_TYPE, body: Buffer.from('{}') });
    assert.deepEqual([json.status, json.type, `${json.body}`], [200, JSON_TYPE, '{}']);
    assert.deepEqual(await door.parts.items(), {});
  });

  test('the SDK, protobuf and JSON, gzip', async () => {
    await using door = await openDoor();
    for (const Exporter of [ProtoExporter, JsonExporter]) {
      const exporter = new Exporter({ url: `${door.url}/v1/traces`, compression: 'gzip' as never });
      const provider = new BasicTracerProvider({
        spanProcessors: [new SimpleSpanProcessor(exporter)],
      });
      provider.getTracer('t').startSpan('one').end();
      await provider.shutdown();
    }
    assert.deepEqual(await door.parts.items(), { traces: 2 });
  });

  test('partial success: the rest is kept, the sender is told', async () => {
    await using door = await openDoor();
    const bad = span({ trace_id: Buffer.alloc(16) });
    const answer = await send(door.url, { body: request('traces', [span(), bad, span()]) });
    assert.equal(answer.status, 200);
    assert.match(`${answer.body}`, /1 × invalid trace id/);
    assert.deepEqual(await door.parts.items(), { traces: 2 });
    assert.deepEqual(door.parts.told.at(-1), [
      'rejected',
      'http',
      'traces',
      [{ reason: 'invalid trace id', count: 1 }],
    ]);
  });
});

describe('a request that is not taken', () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const CASES: [string, Sent, { status: number; code: number; message: RegExp; type?: string }][] =
    [
      [
        'broken protobuf',
        { body: Buffer.from('not protobuf') },
        { status: 400, code: 3, message: /byte/ },
      ],
      [
        'a request cut short',
        { body: spansRequest(3).subarray(0, 700) },
        { status: 400, code: 3, message: /end of the message/ },
      ],
      [
        'broken JSON',
        { type: JSON_TYPE, body: Buffer.from('{"resourceSpans":[') },
        { status: 400, code: 3, message: /JSON/, type: JSON_TYPE },
      ],
      [
        'JSON of something else',
        { type: JSON_TYPE, body: Buffer.from('{"resourceSpans":{"a":1}}') },
        { status: 400, code: 3, message: /not an array/, type: JSON_TYPE },
      ],
      [
        'broken gzip',
        { encoding: 'gzip', body: Buffer.from('not gzip at all') },
        { status: 400, code: 3, message: /header/ },
      ],
      [
        'gzip cut short',
        { encoding: 'gzip', body: gzipSync(spansRequest(50)).subarray(0, 500) },
        { status: 400, code: 3, message: /unexpected end/ },
      ],
      [
        'gzip without the header that tells it',
        { body: gzipSync(spansRequest(1)) },
        { status: 400, code: 3, message: /./ },
      ],
      [
        'content type of something else',
        { type: 'text/plain', body: spansRequest(1) },
        { status: 415, code: 12, message: /"text\/plain"/, type: JSON_TYPE },
      ],
      [
        'no content type',
        { type: '', body: spansRequest(1) },
        { status: 415, code: 12, message: /content type ""/, type: JSON_TYPE },
      ],
      [
        'content encoding of something else',
        { encoding: 'br', body: spansRequest(1) },
        { status: 415, code: 12, message: /content encoding "br"/ },
      ],
      [
        'two content encodings',
        { encoding: 'gzip, deflate', body: spansRequest(1) },
        { status: 415, code: 12, message: /gzip, deflate/ },
      ],
      [
        'a name that every object has',
        { encoding: 'constructor', body: spansRequest(1) },
        { status: 415, code: 12, message: /constructor/ },
      ],
      [
        'too large by its own word',
        { body: Buffer.alloc(1_000_001) },
        { status: 413, code: 8, message: /larger than 1000000 bytes/ },
      ],
      [
        'too large after decompression',
        { encoding: 'gzip', body: bomb },
        { status: 413, code: 8, message: /larger/ },
      ],
      [
        'JSON that is too large to parse at once',
        { type: JSON_TYPE, body: Buffer.alloc(100_001, 0x20) },
        { status: 413, code: 8, message: /larger than 100000 bytes/, type: JSON_TYPE },
      ],
      ['GET', { method: 'GET' }, { status: 405, code: 12, message: /GET/ }],
      ['PUT', { method: 'PUT', body: spansRequest(1) }, { status: 405, code: 12, message: /PUT/ }],
      [
        'unknown path',
        { path: '/v1/profiles' },
        { status: 404, code: 5, message: /\/v1\/profiles/ },
      ],
    ];
  for (const [name, sent, expected] of CASES) {
    test(`${name}: ${expected.status}; the next request is taken`, async () => {
      await using door = await openDoor();
      const answer = await send(door.url, sent);
      assert.equal(answer.status, expected.status);
      assert.equal(answer.type, expected.type ?? PROTOBUF);
      const { code, message } = rpcStatus(answer);
      assert.equal(code, expected.code);
      assert.match(message, expected.message);
      assert.equal(door.parts.told[0]?.[0], 'refused');
      assert.equal((await send(door.url, { body: spansRequest(2) })).status, 200);
      assert.deepEqual(await door.parts.items(), { traces: 2 });
    });
  }

  test('too large without a length: stopped at the limit, not at the end', async () => {
    await using door = await openDoor();
    const outgoing = httpRequest(`${door.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': PROTOBUF },
    });
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    let isAnswered = false;
    void answered.then(() => {
      isAnswered = true;
    });
    for (let sent = 0; sent < 100 && !isAnswered; sent++) {
      outgoing.write(Buffer.alloc(100_000));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [response] = await answered;
    assert.equal(response.statusCode, 413);
    outgoing.on('error', () => {}).destroy();
  });

  test('journal full: 503 with Retry-After, then taken when there is room', async () => {
    const size = spansRequest(10).length;
    await using door = await openDoor({ journal: { maxBytes: 2 * size } });
    const body = spansRequest(10);
    assert.equal((await send(door.url, { body })).status, 200);
    const answer = await send(door.url, { body });
    assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '1']);
    assert.match(rpcStatus(answer).message, /journal is full/);
    await door.parts.journal.seal();
    const segment = await door.parts.journal.take(AbortSignal.timeout(1000));
    await door.parts.journal.remove(segment!);
    assert.equal((await send(door.url, { body })).status, 200);
  });

  test('too much in flight: 503', async () => {
    await using door = await openDoor({ limits: { maxInFlightBytes: 50_000 } });
    const slow = httpRequest(`${door.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': PROTOBUF, 'content-length': 60_000 },
    });
    slow.on('error', () => {}).write(Buffer.alloc(40_000));
    await waitFor(() => door.parts.admission.inFlightBytes >= 40_000, {
      message: 'bytes in flight',
    });
    const answer = await send(door.url, { body: spansRequest(30) });
    assert.equal(answer.status, 503);
    assert.match(rpcStatus(answer).message, /too many requests at once/);
    slow.destroy();
    await waitFor(() => door.parts.admission.inFlightBytes === 0, { message: 'bytes given back' });
    assert.equal((await send(door.url, { body: spansRequest(30) })).status, 200);
  });

  test('a sender that goes away in the middle leaves nothing behind', async () => {
    await using door = await openDoor();
    for (const encoding of ['identity', 'gzip']) {
      const leaving = httpRequest(`${door.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': PROTOBUF, 'content-encoding': encoding },
      });
      const body =
        encoding === 'gzip' ? gzipSync(spansRequest(500), { level: 0 }) : spansRequest(500);
      leaving.on('error', () => {}).write(body.subarray(0, 200_000));
      await waitFor(() => door.parts.admission.inFlightBytes > 0, { message: 'bytes in flight' });
      leaving.destroy();
      await waitFor(() => door.parts.admission.inFlightBytes === 0, {
        message: 'bytes given back',
      });
    }
    assert.deepEqual(await door.parts.items(), {});
  });

  test('what is no HTTP', async () => {
    await using door = await openDoor();
    const socket = connect(Number(new URL(door.url).port), '127.0.0.1');
    socket.end('\x00\x01\x02 hello\r\n\r\n');
    assert.match(`${Buffer.concat(await socket.toArray())}`, /^HTTP\/1.1 400/);
    assert.equal((await send(door.url, { body: spansRequest(1) })).status, 200);
  });
});

test('a taken port is an error that names address, setting and flag', async () => {
  await using door = await openDoor();
  const port = Number(new URL(door.url).port);
  await assert.rejects(OtlpHttpServer.start({ ...door.parts, port }), {
    name: 'DoorNotOpened',
    message: `cannot listen on 127.0.0.1:${port} (setting otlp.httpPort, flag --otlp-http-port): the port is taken by another process`,
  });
});

test('closing waits for a request under way, also on a kept connection', async () => {
  const parts = await doorParts();
  const server = await OtlpHttpServer.start(parts);
  const body = spansRequest(5);
  const outgoing = httpRequest(`${server.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': PROTOBUF, 'content-length': body.length, connection: 'keep-alive' },
  });
  outgoing.write(body.subarray(0, 10));
  await waitFor(() => parts.admission.inFlightBytes > 0, { message: 'bytes in flight' });
  const closing = server[Symbol.asyncDispose]();
  outgoing.end(body.subarray(10));
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  assert.equal(response.statusCode, 200);
  assert.equal(response.headers.connection, 'close');
  response.resume();
  await closing;
  assert.deepEqual(await parts.items(), { traces: 5 });
  await parts[Symbol.asyncDispose]();
});
