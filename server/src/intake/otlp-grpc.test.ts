import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { describe, test } from 'node:test';
import {
  Client,
  compressionAlgorithms,
  credentials,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { gauge, log, point, request, span } from '../otlp/requests.fixture.ts';
import { type DoorParts, doorParts } from './doors.fixture.ts';
import { spansRequest } from './journal.fixture.ts';
import { OtlpGrpcServer } from './otlp-grpc.ts';

const TRACES = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const LOGS = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
const METRICS = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';

interface OpenDoor extends AsyncDisposable {
  parts: DoorParts;
  url: string;
  send(path: string, body: Uint8Array): Promise<Buffer>;
}

async function openDoor(
  options: Parameters<typeof doorParts>[0] = {},
  client: ConstructorParameters<typeof Client>[2] = {},
): Promise<OpenDoor> {
  const parts = await doorParts(options);
  const server = await OtlpGrpcServer.start(parts);
  const grpc = new Client(server.url.replace('http://', ''), credentials.createInsecure(), client);
  const asIs = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
  return {
    parts,
    url: server.url,
    send: (path, body) =>
      new Promise((resolve, reject) => {
        grpc.makeUnaryRequest(path, asIs, asIs, body, (error, answer) => {
          if (error) reject(error);
          else resolve(answer!);
        });
      }),
    async [Symbol.asyncDispose]() {
      grpc.close();
      await server[Symbol.asyncDispose]();
      assert.equal(parts.admission.inFlightBytes, 0, 'bytes in flight were not given back');
      await parts[Symbol.asyncDispose]();
    },
  };
}

async function failure(call: Promise<unknown>): Promise<ServiceError> {
  return await call.then(
    () => assert.fail('it was taken'),
    (error: unknown) => error as ServiceError,
  );
}

const detailsOf = (error: ServiceError): string =>
  `${error.metadata.get('grpc-status-details-bin')[0] ?? ''}`;

describe('a call that is taken', () => {
  test('each signal, and an empty one', async () => {
    await using door = await openDoor();
    assert.equal((await door.send(TRACES, spansRequest(2))).length, 0);
    assert.equal((await door.send(LOGS, request('logs', [log()]))).length, 0);
    assert.equal((await door.send(METRICS, request('metrics', [gauge([point()])]))).length, 0);
    assert.equal((await door.send(TRACES, new Uint8Array())).length, 0);
    assert.deepEqual(await door.parts.items(), { traces: 2, logs: 1, metrics: 1 });
    assert.deepEqual(door.parts.told[0], ['accepted', 'grpc', 'traces', 2]);
  });

  test('gzip', async () => {
    const gzip = { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip };
    await using door = await openDoor({}, gzip);
    await door.send(TRACES, spansRequest(200));
    assert.deepEqual(await door.parts.items(), { traces: 200 });
  });

  test('the SDK', async () => {
    await using door = await openDoor();
    const exporter = new OTLPTraceExporter({ url: door.url, compression: 'gzip' as never });
    const provider = new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    });
    provider.getTracer('t').startSpan('one').end();
    await provider.shutdown();
    assert.deepEqual(await door.parts.items(), { traces: 1 });
  });

  test('partial success', async () => {
    await using door = await openDoor();
    const body = request('traces', [span(), span({ span_id: Buffer.alloc(8) })]);
    const answer = ProtobufTraceSerializer.deserializeResponse(await door.send(TRACES, body));
    assert.deepEqual(answer.partialSuccess, {
      rejectedSpans: 1,
      errorMessage: '1 × invalid span id',
    });
    assert.deepEqual(await door.parts.items(), { traces: 1 });
  });
});

describe('a call that is not taken', () => {
  test('broken bytes: INVALID_ARGUMENT, not to be retried', async () => {
    await using door = await openDoor();
    const error = await failure(door.send(TRACES, Buffer.from('not protobuf')));
    assert.equal(error.code, status.INVALID_ARGUMENT);
    assert.match(error.details, /ExportTraceServiceRequest: .* at byte/);
    assert.doesNotMatch(detailsOf(error), /RetryInfo/);
    await door.send(TRACES, spansRequest(1));
  });

  test('too large, plain and after decompression: RESOURCE_EXHAUSTED, not to be retried', async () => {
    const gzip = { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip };
    for (const client of [{}, gzip]) {
      await using door = await openDoor({}, client);
      const error = await failure(door.send(TRACES, Buffer.alloc(1_000_001)));
      assert.equal(error.code, status.RESOURCE_EXHAUSTED);
      assert.doesNotMatch(detailsOf(error), /RetryInfo/);
      await door.send(TRACES, spansRequest(1));
    }
  });

  test('journal full: UNAVAILABLE with RetryInfo, then taken when there is room', async () => {
    const body = spansRequest(10);
    await using door = await openDoor({ journal: { maxBytes: 2 * body.length } });
    await door.send(TRACES, body);
    const error = await failure(door.send(TRACES, body));
    assert.equal(error.code, status.UNAVAILABLE);
    assert.match(error.details, /journal is full/);
    assert.match(detailsOf(error), /google.rpc.RetryInfo/);
    await door.parts.journal.seal();
    await door.parts.journal.remove((await door.parts.journal.take(AbortSignal.timeout(1000)))!);
    await door.send(TRACES, body);
  });

  test('too much in flight: UNAVAILABLE', async () => {
    await using door = await openDoor({ limits: { maxInFlightBytes: 1000 } });
    const error = await failure(door.send(TRACES, spansRequest(10)));
    assert.equal(error.code, status.UNAVAILABLE);
    assert.match(detailsOf(error), /google.rpc.RetryInfo/);
  });

  test('unknown services and methods: UNIMPLEMENTED', async () => {
    await using door = await openDoor();
    const profiles = '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export';
    for (const path of [profiles, TRACES.replace('Export', 'Import')]) {
      assert.equal((await failure(door.send(path, new Uint8Array()))).code, status.UNIMPLEMENTED);
    }
  });

  test('a message that says it is gzip and is not: an error, and the next call is taken', async () => {
    await using door = await openDoor();
    const session = connectHttp2(door.url);
    const call = session.request({
      ':method': 'POST',
      ':path': TRACES,
      'content-type': 'application/grpc',
      'grpc-encoding': 'gzip',
      te: 'trailers',
    });
    const garbage = Buffer.from('no gzip');
    call.end(Buffer.concat([Buffer.from([1, 0, 0, 0, garbage.length]), garbage]));
    const grpcStatus = await new Promise((resolve) => {
      call.on('trailers', (trailers) => resolve(trailers['grpc-status']));
      call.on('response', (headers) => headers['grpc-status'] && resolve(headers['grpc-status']));
      call.resume();
    });
    session.close();
    assert.equal(Number(grpcStatus), status.INTERNAL);
    await door.send(TRACES, spansRequest(1));
  });
});

test('a taken port is an error that names address, setting and flag', async () => {
  await using door = await openDoor();
  const port = Number(new URL(door.url).port);
  await assert.rejects(OtlpGrpcServer.start({ ...door.parts, port }), {
    name: 'DoorNotOpened',
    message: `cannot listen on 127.0.0.1:${port} (setting otlp.grpcPort, flag --otlp-grpc-port): the port is taken by another process`,
  });
});
