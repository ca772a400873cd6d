import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { MetricBlock } from '../endpoints/compat/metric-block.ts';
import {
  CONTENT_TYPE,
  type ExpositionFormat,
  exposition,
  OPENMETRICS_END,
} from '../endpoints/exposition.ts';
import { ExporterNotListening, MonitorSettingsError } from '../errors.ts';
import type { ConnectionState } from '../transport/connection.ts';
import { type AccessSettings, type Authorizer, authorizer, fileOf, tlsOptions } from './access.ts';
import { type ExporterSettings, parseServerAddress } from './exporter-settings.ts';
import { openNats } from './nats-parts.ts';
import { GZIP_START, gzipEnd, PackedText } from './packed-text.ts';
import { Probes, scrapedBy, TooManyTargets } from './probes.ts';
import { processBlocks } from './process-blocks.ts';
import type { ScraperId } from './scrape-rhythm.ts';
import type { Scraped } from './scraped.ts';
import { textPieces } from './text-pieces.ts';

export interface ExporterOptions extends ExporterSettings {
  /** Default 0.0.0.0. */
  host?: string | undefined;
  /** Default 7777. */
  port?: number | undefined;
  /** Default `/metrics`. */
  path?: string | undefined;
  access?: AccessSettings | undefined;
  /** Each change of the connection to the system account. */
  onConnection?: ((state: ConnectionState) => void) | undefined;
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

/** Longer than Prometheus keeps a connection: who comes again is known by it. */
const KEEP_ALIVE_MS = 6 * 60_000;

/**
 * Serves the metrics of the given servers; they need not be there yet. Throws MonitorSettingsError for what can
 * never work, ExporterNotListening where the address cannot be had.
 */
export async function startExporter(options: ExporterOptions): Promise<Exporter> {
  // They are read for each request, but a wrong path shall be told now.
  for (const path of [options.tlsCa, options.tlsCert, options.tlsKey]) if (path) await fileOf(path);
  await using stack = new AsyncDisposableStack();
  const nats = options.native && stack.use(await openNats(options.native, options.onConnection));
  const own = stack.use(scrapedBy(options, nats));
  const probes = options.probe ? stack.use(new Probes(options)) : null;
  const handle = handler(options, { own, probes });
  const tls = await tlsOptions(options.access ?? {});
  const server = tls ? createTlsServer(tls, handle) : createServer(handle);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await listen(server, { host: options.host ?? '0.0.0.0', port: options.port ?? 7777 });
  stack.defer(() => close(server));
  const owned = stack.move();
  const { address, port, family } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return {
    url: `http${tls ? 's' : ''}://${host}:${port}${pathOf(options)}`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Throws ExporterNotListening with what to do instead. */
async function listen(server: Server, address: { host: string; port: number }): Promise<void> {
  server.listen(address);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new ExporterNotListening(address, error);
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const PROBE_PATH = '/probe';
const DISCOVERY_PATH = '/sd';
/** Where the probes of Deployments of nats-surveyor ask; whether servers are well stands in the metrics. */
const ALIVE_PATH = '/healthz';

function handler(
  options: ExporterOptions,
  { own, probes }: { own: Scraped; probes: Probes | null },
): Handler {
  const isAllowed = authorizer(options.access ?? {});
  const path = pathOf(options);
  const packed = new SharedText();
  let scrapes = 0;
  return (request, response) => {
    const url = URL.parse(request.url ?? '', 'http://exporter');
    const isProbe = probes !== null && url?.pathname === PROBE_PATH;
    if (url?.pathname === ALIVE_PATH && path !== ALIVE_PATH) {
      answer(response, 200, 'ok');
    } else if (!isProbe && url?.pathname !== path && url?.pathname !== DISCOVERY_PATH) {
      answer(response, 404, `Metrics are at ${path}`);
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, 'GET only');
    } else if (url?.pathname === DISCOVERY_PATH) {
      discover(request, { response, isAllowed, options }).catch(() => response.destroy());
    } else {
      scrapes++;
      const scraped = (): Scraped =>
        isProbe ? probes.of(url?.searchParams.get('target') ?? '') : own;
      // A scraper that goes away ends the pipeline; there is nobody left to tell.
      serve(request, { response, scraped, scrapes, isAllowed, packed }).catch(() =>
        response.destroy(),
      );
    }
  };
}

/** Prometheus' HTTP service discovery: the servers as targets of `/probe`. */
async function discover(
  request: IncomingMessage,
  {
    response,
    isAllowed,
    options,
  }: { response: ServerResponse; isAllowed: Authorizer; options: ExporterOptions },
): Promise<void> {
  if (!(await isAllowed(request.headers.authorization))) return refuse(response);
  const groups = options.servers.map((address) => {
    const { id, base } = parseServerAddress(address);
    return { targets: [base.href.replace(/\/$/, '')], labels: { __meta_hopline_server_id: id } };
  });
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(groups));
}

function refuse(response: ServerResponse): void {
  response.setHeader('WWW-Authenticate', 'Basic realm="hopline", Bearer');
  answer(response, 401, 'authorization failed');
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

interface Serving {
  response: ServerResponse;
  /** Throws for a target that cannot be asked. */
  scraped: () => Scraped;
  scrapes: number;
  isAllowed: Authorizer;
  packed: SharedText;
}

async function serve(
  request: IncomingMessage,
  { response, scraped, scrapes, isAllowed, packed }: Serving,
): Promise<void> {
  if (!(await isAllowed(request.headers.authorization))) return refuse(response);
  let asked: Scraped;
  try {
    asked = scraped();
  } catch (error) {
    if (error instanceof MonitorSettingsError) return answer(response, 400, error.message);
    if (error instanceof TooManyTargets) return answer(response, 503, error.message);
    throw error;
  }
  const format = formatOf(request);
  const isPacked = /\bgzip\b(?!;q=0(?:\.0+)?(?:,|$))/.test(
    String(request.headers['accept-encoding'] ?? ''),
  );
  const { shared, own } = await asked.scrape({
    deadlineMs: deadlineMs(request),
    id: scraperId(request),
    prepare: async (blocks) => {
      if (isPacked) await packed.of(blocks, format).made();
    },
  });
  const ownLines = lines([...own, ...processBlocks(scrapes)], format);
  response.setHeader('Content-Type', CONTENT_TYPE[format]);
  if (!isPacked) {
    const text = both(exposition(shared, format), ownLines);
    await pipeline(Readable.from(textPieces(text)), response);
    return;
  }
  response.setHeader('Content-Encoding', 'gzip');
  await pipeline(gzipStream(packed.of(shared, format), ownLines), response);
}

/** Each part is sent as soon as it is packed: the scraper unpacks it meanwhile. */
async function* gzipStream(shared: PackedText, ownLines: Iterable<string>): AsyncGenerator<Buffer> {
  yield GZIP_START;
  yield* shared.parts();
  const own = new PackedText(ownLines, shared.sum);
  yield* own.parts();
  yield gzipEnd(own.sum);
}

function* lines(blocks: readonly MetricBlock[], format: ExpositionFormat): Generator<string> {
  yield* exposition(blocks, format);
  if (format === 'openmetrics') yield OPENMETRICS_END;
}

function* both(first: Iterable<string>, second: Iterable<string>): Generator<string> {
  yield* first;
  yield* second;
}

/** The packed text of what scrapes share, for as long as they do: made once for all readers. */
class SharedText {
  readonly #texts = new WeakMap<readonly MetricBlock[], Map<ExpositionFormat, PackedText>>();

  of(shared: readonly MetricBlock[], format: ExpositionFormat): PackedText {
    let texts = this.#texts.get(shared);
    if (!texts) {
      texts = new Map();
      this.#texts.set(shared, texts);
    }
    let text = texts.get(format);
    if (!text) {
      text = new PackedText(exposition(shared, format));
      texts.set(format, text);
    }
    return text;
  }
}

function scraperId({ socket, headers }: IncomingMessage): ScraperId {
  const origin = `${socket.remoteAddress} ${headers['user-agent']}`;
  return { connection: socket, origin };
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
