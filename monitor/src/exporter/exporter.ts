import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type AccessSettings, type Authorizer, authorizer, tlsOptions } from './access.ts';
import type { ExporterSettings } from './exporter-settings.ts';
import { CONTENT_TYPE, type ExpositionFormat, exposition } from './exposition.ts';
import { processBlocks } from './process-blocks.ts';
import { SharedSweep } from './shared-sweep.ts';

export interface ExporterOptions extends ExporterSettings {
  /** Default 0.0.0.0. */
  host?: string | undefined;
  /** Default 7777. */
  port?: number | undefined;
  /** Default `/metrics`. */
  path?: string | undefined;
  access?: AccessSettings | undefined;
}

export interface Exporter extends AsyncDisposable {
  /** Where it is scraped. */
  readonly url: string;
}

/** Prometheus' own default. */
const SCRAPE_TIMEOUT_SECONDS = 10;
/** Kept back from a scrape's time for writing the answer. */
const WRITE_SHARE = 0.1;
const WRITE_MIN_MS = 200;

/** Serves the metrics of the given servers; they need not be there yet. */
export async function startExporter(options: ExporterOptions): Promise<Exporter> {
  await using stack = new AsyncDisposableStack();
  const sweep = stack.use(new SharedSweep(options));
  const handle = handler(options, sweep);
  const tls = await tlsOptions(options.access ?? {});
  const server = tls ? createTlsServer(tls, handle) : createServer(handle);
  server.listen({ host: options.host ?? '0.0.0.0', port: options.port ?? 7777 });
  await once(server, 'listening');
  stack.defer(() => close(server));
  const owned = stack.move();
  const { address, port, family } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return {
    url: `http${tls ? 's' : ''}://${host}:${port}${pathOf(options)}`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

function handler(options: ExporterOptions, sweep: SharedSweep): Handler {
  const isAllowed = authorizer(options.access ?? {});
  const path = pathOf(options);
  let scrapes = 0;
  return (request, response) => {
    if (URL.parse(request.url ?? '', 'http://exporter')?.pathname !== path) {
      answer(response, 404, `Metrics are at ${path}`);
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, 'GET only');
    } else {
      scrapes++;
      // A scraper that goes away ends the pipeline; there is nobody left to tell.
      serve(request, { response, sweep, scrapes, isAllowed }).catch(() => response.destroy());
    }
  };
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

interface Serving {
  response: ServerResponse;
  sweep: SharedSweep;
  scrapes: number;
  isAllowed: Authorizer;
}

async function serve(
  request: IncomingMessage,
  { response, sweep, scrapes, isAllowed }: Serving,
): Promise<void> {
  if (!(await isAllowed(request.headers.authorization))) {
    response.setHeader('WWW-Authenticate', 'Basic realm="hopline", Bearer');
    answer(response, 401, 'authorization failed');
    return;
  }
  const blocks = await sweep.scrape(deadlineMs(request));
  const format = formatOf(request);
  const text = Readable.from(exposition([...blocks, ...processBlocks(scrapes)], format));
  response.setHeader('Content-Type', CONTENT_TYPE[format]);
  if (!/\bgzip\b(?!;q=0(?:\.0+)?(?:,|$))/.test(String(request.headers['accept-encoding'] ?? ''))) {
    await pipeline(text, response);
    return;
  }
  response.setHeader('Content-Encoding', 'gzip');
  // The text is nearly all repeated labels: the quickest level already packs it 50 to 1.
  await pipeline(text, createGzip({ level: 1 }), response);
}

function deadlineMs(request: IncomingMessage): number {
  const asked = Number(request.headers['x-prometheus-scrape-timeout-seconds']);
  const timeoutMs = (asked > 0 ? asked : SCRAPE_TIMEOUT_SECONDS) * 1000;
  return Math.max(timeoutMs / 2, timeoutMs - Math.max(WRITE_MIN_MS, timeoutMs * WRITE_SHARE));
}

function formatOf(request: IncomingMessage): ExpositionFormat {
  return /application\/openmetrics-text/.test(request.headers.accept ?? '')
    ? 'openmetrics'
    : 'text';
}

function pathOf({ path = '/metrics' }: ExporterOptions): string {
  return path.startsWith('/') ? path : `/${path}`;
}
