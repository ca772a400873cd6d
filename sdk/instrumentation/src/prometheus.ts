import { EventEmitter, once } from 'node:events';
import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import { hub } from './observers/hub.ts';
import { exposition } from './prometheus/exposition.ts';
import { MessageSeries } from './prometheus/message-series.ts';
import { textFormatFor } from './prometheus/text-format.ts';

export interface PrometheusOptions {
  /** Default: `OTEL_EXPORTER_PROMETHEUS_PORT`, or 9464. 0 takes a free one. */
  port?: number;
  /** Default: `OTEL_EXPORTER_PROMETHEUS_HOST`, or all interfaces. */
  host?: string;
  /** Values of the `subject` label at most; the rest is `_other`. Default 200. */
  maxSubjects?: number;
}

/** A running endpoint; it counts from its start and does not keep the process alive. */
export interface PrometheusEndpoint extends AsyncDisposable {
  readonly url: string;
  close(): Promise<void>;
}

const DEFAULT_PORT = 9464;
const DEFAULT_MAX_SUBJECTS = 200;

/**
 * Serves what the instrumentation of this process counts on `/metrics`, for Prometheus to scrape. Works
 * with the preload and with a `NatsInstrumentation` of your own, with or without an OpenTelemetry SDK.
 * Rejects when the port is taken.
 */
export async function startPrometheus(
  options: PrometheusOptions = {},
): Promise<PrometheusEndpoint> {
  const { env } = process;
  const port = options.port ?? (Number(env.OTEL_EXPORTER_PROMETHEUS_PORT) || DEFAULT_PORT);
  const host = options.host ?? env.OTEL_EXPORTER_PROMETHEUS_HOST;
  const series = new MessageSeries(options.maxSubjects ?? DEFAULT_MAX_SUBJECTS);
  const server = new UntracedServer((request, response) => answer(series, request, response));
  server.listen({ port, ...(host ? { host } : {}) });
  await once(server, 'listening');
  server.unref();
  hub.observers.add(series);
  const close = async (): Promise<void> => {
    hub.observers.delete(series);
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  const address = server.address();
  const listening = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host ?? 'localhost'}:${listening}/metrics`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Scrapes are not the application's requests: instrumented servers are patched at `Server.emit`. */
class UntracedServer extends Server {
  override emit(...args: Parameters<EventEmitter['emit']>): boolean {
    return EventEmitter.prototype.emit.apply(this, args);
  }
}

function answer(series: MessageSeries, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const path = request.url?.split('?')[0];
  if (path !== '/metrics' || !['GET', 'HEAD'].includes(request.method ?? '')) {
    response.writeHead(path === '/metrics' ? 405 : 404).end();
    return;
  }
  const format = textFormatFor(request.headers.accept);
  const body = exposition(series, format);
  response.writeHead(200, {
    'content-type': format.contentType,
    'content-length': Buffer.byteLength(body),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
