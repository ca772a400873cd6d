import protobuf from 'protobufjs/minimal.js';
import type { Rejection } from './scan.ts';
import type { OtlpSignal } from './shapes.ts';

/** The two encodings of OTLP/HTTP; an answer is always in the one of its request. */
export type Encoding = 'protobuf' | 'json';

const REJECTED_FIELD: Record<OtlpSignal, string> = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
};

/**
 * `Export<Signal>ServiceResponse`: empty when all was taken.
 *
 * | field | ExportTraceServiceResponse | partial_success   |
 * |-------|----------------------------|-------------------|
 * | 1     | partial_success            | rejected (varint) |
 * | 2     |                            | error_message     |
 */
export function exportResponse(
  signal: OtlpSignal,
  encoding: Encoding,
  rejected: readonly Rejection[],
): Uint8Array {
  if (rejected.length === 0) return Buffer.from(encoding === 'json' ? '{}' : '');
  const count = rejected.reduce((sum, one) => sum + one.count, 0);
  const errorMessage = rejected.map((one) => `${one.count} × ${one.reason}`).join(', ');
  if (encoding === 'json') {
    const partialSuccess = { [REJECTED_FIELD[signal]]: `${count}`, errorMessage };
    return Buffer.from(JSON.stringify({ partialSuccess }));
  }
  const partial = protobuf.Writer.create().uint32(8).int64(count).uint32(18).string(errorMessage);
  return protobuf.Writer.create().uint32(10).bytes(partial.finish()).finish();
}

/** Codes of google.rpc.Status that the doors use. */
export const RPC_CODE = {
  invalidArgument: 3,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  unavailable: 14,
} as const;
export type RpcCode = (typeof RPC_CODE)[keyof typeof RPC_CODE];

interface Status {
  code: RpcCode;
  message: string;
  /** Tells the sender that the same request may be taken after so long (google.rpc.RetryInfo). */
  retryAfterSeconds?: number;
}

/**
 * `google.rpc.Status`: code 1, message 2, details 3 (Any: type_url 1, value 2). RetryInfo: retry_delay 1
 * (Duration: seconds 1).
 */
export function rpcStatus(encoding: Encoding, status: Status): Uint8Array {
  const { code, message, retryAfterSeconds } = status;
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message }));
  const writer = protobuf.Writer.create().uint32(8).int32(code).uint32(18).string(message);
  if (retryAfterSeconds !== undefined) {
    const duration = protobuf.Writer.create().uint32(8).int64(retryAfterSeconds).finish();
    const retryInfo = protobuf.Writer.create().uint32(10).bytes(duration).finish();
    const any = protobuf.Writer.create()
      .uint32(10)
      .string('type.googleapis.com/google.rpc.RetryInfo')
      .uint32(18)
      .bytes(retryInfo);
    writer.uint32(26).bytes(any.finish());
  }
  return writer.finish();
}
