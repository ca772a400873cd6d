import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import protobuf from 'protobufjs';
import { exportResponse, RPC_CODE, rpcStatus } from './responses.ts';
import { OTLP_SIGNALS } from './shapes.ts';

const REJECTED = [
  { reason: 'invalid trace id', count: 2 },
  { reason: 'no time', count: 300 },
] as const;

test('success: partial_success is unset', () => {
  for (const signal of OTLP_SIGNALS) {
    assert.equal(exportResponse(signal, 'protobuf', []).length, 0);
    assert.equal(Buffer.from(exportResponse(signal, 'json', [])).toString(), '{}');
  }
});

test('partial success, as the SDK reads it', () => {
  const errorMessage = '2 × invalid trace id, 300 × no time';
  const traces = ProtobufTraceSerializer.deserializeResponse(
    exportResponse('traces', 'protobuf', REJECTED),
  );
  assert.deepEqual(traces.partialSuccess, { rejectedSpans: 302, errorMessage });
  const metrics = ProtobufMetricsSerializer.deserializeResponse(
    exportResponse('metrics', 'protobuf', REJECTED),
  );
  assert.deepEqual(metrics.partialSuccess, { rejectedDataPoints: 302, errorMessage });
  assert.deepEqual(JSON.parse(Buffer.from(exportResponse('logs', 'json', REJECTED)).toString()), {
    partialSuccess: { rejectedLogRecords: '302', errorMessage },
  });
});

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message Any { string type_url = 1; bytes value = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
`);

test('google.rpc.Status in both encodings', () => {
  const status = { code: RPC_CODE.invalidArgument, message: 'Span: länge' };
  assert.deepEqual(JSON.parse(Buffer.from(rpcStatus('json', status)).toString()), status);
  const type = root.lookupType('Status');
  assert.deepEqual(type.toObject(type.decode(rpcStatus('protobuf', status))), status);
});

test('RetryInfo', () => {
  const status = { code: RPC_CODE.unavailable, message: 'full', retryAfterSeconds: 3 };
  const type = root.lookupType('Status');
  const read = type.toObject(type.decode(rpcStatus('protobuf', status)), { longs: Number });
  const [any] = read.details;
  assert.equal(any.typeUrl, 'type.googleapis.com/google.rpc.RetryInfo');
  const info = root.lookupType('RetryInfo');
  assert.deepEqual(info.toObject(info.decode(any.value), { longs: Number }), {
    retryDelay: { seconds: 3 },
  });
});
