/**
 * `hopline exporter` beside prometheus-nats-exporter: the same server, the same flags, turn by turn.
 * `npm run bench:exporter -- [STREAMSxCONSUMERS ...]`. Prints the figures and writes
 * bench/results/exporter.md.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { freePort, startNats, startProcess, waitFor } from '@hopline/testkit';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import {
  findRealExporter,
  startRealExporter,
} from '../../monitor/src/exporter/real-exporter.fixture.ts';
import { processUsage } from './process-usage.ts';

const SCRAPES = 9;
/** Of requests that create consumers. */
const AT_ONCE = 64;
const FLAGS = ['-varz', '-jsz=all'];

const sizes = process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['1000x1', '1000x10'];
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
/** Others' work on the machine shows in every figure. */
const loadBefore = loadavg()[0]!.toFixed(1);

interface Figures {
  series: number;
  bytes: number;
  medianSeconds: number;
  slowestSeconds: number;
  cpuSecondsPerScrape: number;
  peakBytes: number;
}

interface Exporter extends AsyncDisposable {
  url: string;
  pid: number;
}

const rows: string[] = [];
for (const size of sizes) rows.push(...(await measure(size)));
const text = report();
await mkdir(here('../results'), { recursive: true });
await writeFile(here('../results/exporter.md'), text);
process.stdout.write(text);

async function measure(size: string): Promise<string[]> {
  const [streams = 0, consumers = 0] = size.split('x').map(Number);
  await using nats = await startNats({ name: 'bench' });
  {
    await using client = await connect({ servers: nats.url });
    await fill(client, { streams, consumers });
  }
  const started: [string, Exporter][] = [];
  await using stack = new AsyncDisposableStack();
  const real = await findRealExporter();
  if ('missing' in real) console.error(`hopline: without the real exporter: ${real.missing}`);
  else {
    const running = stack.use(await startRealExporter(real.path, [...FLAGS, nats.monitorUrl]));
    started.push(['prometheus-nats-exporter', stack.use(pidOf(running))]);
  }
  started.push(['hopline exporter', stack.use(await startOurs(nats.monitorUrl))]);
  const figures = await scrapeInTurn(started);
  return started.map(([name], index) => row(size, name, figures[index]!));
}

function pidOf(running: Awaited<ReturnType<typeof startRealExporter>>): Exporter {
  return {
    url: running.url,
    pid: running.running.pid,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function startOurs(monitorUrl: string): Promise<Exporter> {
  const port = await freePort();
  const running = await startProcess({
    name: 'hopline-exporter',
    args: [here('../../cli/src/main.ts'), 'exporter', '-a', '127.0.0.1', '-p', String(port)].concat(
      FLAGS,
      monitorUrl,
    ),
    readyLine: /Metrics/,
  });
  return {
    url: `http://127.0.0.1:${port}/metrics`,
    pid: running.pid,
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

async function fill(
  client: NatsConnection,
  { streams, consumers }: { streams: number; consumers: number },
): Promise<void> {
  const requests = function* (): Generator<[string, object]> {
    for (let stream = 0; stream < streams; stream++) {
      const name = `STREAM_${stream}`;
      const config = { name, subjects: [`subject.${stream}`], storage: 'file', num_replicas: 1 };
      yield [`$JS.API.STREAM.CREATE.${name}`, config];
      for (let consumer = 0; consumer < consumers; consumer++) {
        const durable_name = `consumer_${consumer}`;
        const config = { durable_name, ack_policy: 'explicit' };
        yield [
          `$JS.API.CONSUMER.DURABLE.CREATE.${name}.${durable_name}`,
          { stream_name: name, config },
        ];
      }
    }
  };
  const next = requests();
  const ask = async (): Promise<void> => {
    for (const [subject, body] of next) {
      // A consumer of a stream that another request is still creating is asked for again.
      await waitFor(
        async () => {
          const answer = await client.request(subject, JSON.stringify(body), { timeout: 30_000 });
          return answer.json<{ error?: unknown }>().error === undefined;
        },
        { message: subject, timeoutMs: 60_000 },
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
}

async function scrapeInTurn(exporters: readonly [string, Exporter][]): Promise<Figures[]> {
  const all = exporters.map(() => ({ seconds: [] as number[], series: 0, bytes: 0 }));
  // Once before it counts: code is compiled and memory taken.
  for (const [, exporter] of exporters) await scrapeOnce(exporter.url);
  const before = await Promise.all(exporters.map(([, { pid }]) => processUsage(pid)));
  for (let turn = 0; turn < SCRAPES; turn++) {
    for (const [index, [, exporter]] of exporters.entries()) {
      const scraped = await scrapeOnce(exporter.url);
      const figures = all[index]!;
      figures.seconds.push(scraped.seconds);
      figures.series = scraped.series;
      figures.bytes = scraped.bytes;
    }
  }
  const after = await Promise.all(exporters.map(([, { pid }]) => processUsage(pid)));
  return all.map(({ seconds, series, bytes }, index) => {
    const sorted = seconds.toSorted((a, b) => a - b);
    return {
      series,
      bytes,
      medianSeconds: sorted[Math.floor(sorted.length / 2)]!,
      slowestSeconds: sorted.at(-1)!,
      cpuSecondsPerScrape: (after[index]!.cpuSeconds - before[index]!.cpuSeconds) / SCRAPES,
      peakBytes: after[index]!.peakResidentBytes,
    };
  });
}

/** As Prometheus does: packed, and read to the end. */
async function scrapeOnce(
  url: string,
): Promise<{ seconds: number; series: number; bytes: number }> {
  const started = performance.now();
  const response = await fetch(url, {
    headers: { 'Accept-Encoding': 'gzip', 'X-Prometheus-Scrape-Timeout-Seconds': '60' },
  });
  const body = await response.text();
  const seconds = (performance.now() - started) / 1000;
  if (!response.ok) throw new Error(`cannot scrape ${url}: ${response.status}`);
  const series = [...body.matchAll(/^(?:jetstream|gnatsd)_/gm)].length;
  return { seconds, series, bytes: body.length };
}

function row(size: string, name: string, figures: Figures): string {
  const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const cells = [
    size.replace('x', ' × '),
    name,
    figures.series.toLocaleString('en'),
    mib(figures.bytes),
    `${figures.medianSeconds.toFixed(2)} s`,
    `${figures.slowestSeconds.toFixed(2)} s`,
    `${figures.cpuSecondsPerScrape.toFixed(2)} s`,
    mib(figures.peakBytes),
  ];
  return `| ${cells.join(' | ')} |`;
}

function report(): string {
  const memory = `${Math.round(totalmem() / 2 ** 20)} MiB`;
  return [
    '# Exporter: side by side with prometheus-nats-exporter',
    '',
    'Written by `npm run bench:exporter`.',
    '',
    `- Machine: ${cpus().length} × ${cpus()[0]?.model}, ${memory} of memory, Node ${process.version}; nats-server, both exporters and the scraper run on it. Load average before the run: ${loadBefore}.`,
    `- Date: ${new Date().toISOString().slice(0, 10)}`,
    `- One server, R1 file streams, idle. Flags: \`${FLAGS.join(' ')}\`. ${SCRAPES} scrapes each in turn after one that does not count, gzip as Prometheus asks for.`,
    '',
    '| streams × consumers | exporter | series of NATS | text | median | slowest | CPU a scrape | peak resident memory |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
