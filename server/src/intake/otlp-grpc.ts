import {
  logVerbosity,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  setLogVerbosity,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { exportResponse, RPC_CODE, type RpcCode, rpcStatus } from '../otlp/responses.ts';
import type { OtlpSignal } from '../otlp/shapes.ts';
import type { Admission } from './admit.ts';
import { hostPort, notOpened } from './listening.ts';
import type { IntakeObserver } from './observer.ts';

export interface OtlpGrpcOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  admission: Admission;
  observer: IntakeObserver;
}

const SERVICES: Record<OtlpSignal, string> = {
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
};
const SETTING = 'otlp.grpcPort, flag --otlp-grpc-port';
const RETRY_AFTER_SECONDS = 1;
const CLOSE_GRACE_MS = 5_000;
/** Of one connection; each may hold one request before the admission sees it. */
const MAX_STREAMS = 64;

type Bytes = Uint8Array;
type Reply = sendUnaryData<Bytes>;

/** OTLP/gRPC 1.11. Messages stay bytes: nothing is decoded here. */
export class OtlpGrpcServer implements AsyncDisposable {
  readonly #server: Server;
  /** `http://127.0.0.1:4317`, as exporters take it. */
  readonly url: string;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(options: OtlpGrpcOptions): Promise<OtlpGrpcServer> {
    const { host, port, admission } = options;
    // It would write to stderr, in its own words, what we are told and tell.
    setLogVerbosity(logVerbosity.NONE);
    const server = new Server({
      // Counts after decompression too: past it the answer is RESOURCE_EXHAUSTED.
      'grpc.max_receive_message_length': admission.limits.maxRequestBytes,
      'grpc.max_concurrent_streams': MAX_STREAMS,
      // A second server on the port is an error, not a partner.
      'grpc.so_reuseport': 0,
    });
    for (const [signal, service] of Object.entries(SERVICES) as [OtlpSignal, string][]) {
      server.addService(definition(service), exporter(signal, options));
    }
    const bound = await new Promise<number>((resolve, reject) => {
      const credentials = ServerCredentials.createInsecure();
      server.bindAsync(hostPort(host, port), credentials, (error, boundPort) => {
        if (error) reject(notOpened({ host, port, setting: SETTING }, error));
        else resolve(boundPort);
      });
    });
    return new OtlpGrpcServer(server, `http://${hostPort(host, bound)}`);
  }

  /** Takes no new call and waits for those under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => this.#server.forceShutdown(), CLOSE_GRACE_MS);
    await new Promise<void>((resolve) => {
      this.#server.tryShutdown(() => resolve());
    });
    clearTimeout(timer);
  }
}

function definition(service: string): ServiceDefinition {
  const asIs = (bytes: Bytes): Buffer =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    export: {
      path: `/${service}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  };
}

function exporter(signal: OtlpSignal, options: OtlpGrpcOptions): UntypedServiceImplementation {
  return {
    export: (call: ServerUnaryCall<Bytes, Bytes>, reply: Reply) => {
      answer(signal, call.request, { ...options, reply }).catch((error: unknown) => {
        options.observer.trouble('cannot answer an OTLP/gRPC request', error);
        fail(reply, { code: RPC_CODE.unavailable, message: 'internal error, try again' });
      });
    },
  };
}

async function answer(
  signal: OtlpSignal,
  request: Bytes,
  { admission, observer, reply }: OtlpGrpcOptions & { reply: Reply },
): Promise<void> {
  if (!admission.reserve(request.length)) {
    const message = 'too many requests at once';
    observer.refused('grpc', 'retry later', message);
    fail(reply, { code: RPC_CODE.unavailable, message });
    return;
  }
  try {
    const admitted = await admission.admit('grpc', signal, request);
    if (admitted.status === 'accepted') {
      reply(null, exportResponse(signal, 'protobuf', admitted.rejected));
    } else if (admitted.status === 'broken') {
      fail(reply, { code: RPC_CODE.invalidArgument, message: admitted.reason });
    } else {
      fail(reply, { code: RPC_CODE.unavailable, message: admitted.reason });
    }
  } finally {
    admission.release(request.length);
  }
}

/** Unavailable tells the sender when to try again. */
function fail(reply: Reply, { code, message }: { code: RpcCode; message: string }): void {
  const retry = code === status.UNAVAILABLE ? { retryAfterSeconds: RETRY_AFTER_SECONDS } : {};
  const metadata = new Metadata();
  const details = rpcStatus('protobuf', { code, message, ...retry });
  metadata.set('grpc-status-details-bin', Buffer.from(details));
  reply({ code, details: message, metadata });
}
