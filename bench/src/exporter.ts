/**
 * `hopline exporter` beside prometheus-nats-exporter: the same server, the same flags, turn by turn.
 * `npm run bench:exporter -- [STREAMSxCONSUMERS ...]`. Prints the figures and writes
 * bench/results/exporter.md.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { cpus, loadavg, totalmem } from 'node:os';
import { text as textOfStream } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { freePort, startNats, startProcess, waitFor } from '@hopline/testkit';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import {
  findRealExporter,
  startRealExporter,
} from '../../monitor/src/exporter/real-exporter.fixture.ts';
import { processUsage } from './process-usage.ts';

const SCRAPES = 20;
/** Of the other exporter, which needs ten seconds for one of 30,000 consumers. */
const SCRAPES_OF_OTHER = 6;
/** Of requests that create consumers. */
const AT_ONCE = 64;
/** Of one turn in seconds, by consumers: long enough for all of ours. */
const periodSeconds = (consumers: number): number => 3 + consumers / 2500;
/** As Prometheus asks: packed, with its deadline. */
const HEADERS = { 'Accept-Encoding': 'gzip', 'X-Prometheus-Scrape-Timeout-Seconds': '60' };
/** Before they count. */
const TURNS_BEFORE = 4;
const FLAGS = ['-varz', '-jsz=all'];

const sizes =
  process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['1000x1', '1000x10', '3000x10'];
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
/** Others' work on the machine shows in every figure. */
const loadBefore = loadavg()[0]!.toFixed(1);

/** Of a size like `3000x10`. */
const consumersOf = (size: string): number =>
  size.split('x').reduce((product, factor) => product * Number(factor), 1);

interface Figures {
  series: number;
  bytes: number;
  scrapes: number;
  medianSeconds: number;
  p95Seconds: number;
  cpuSecondsPerScrape: number;
  peakBytes: number;
}

interface Exporter extends AsyncDisposable {
  url: string;
  pid: number;
  scrapes: number;
  /** Prometheus keeps its connection. False: a new one for each scrape. */
  agent: Agent | false;
  /** Under another name each time: nobody who was there before, so nobody who is expected. */
  isStranger?: true;
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
  // First in its turn: at the same time after the turn's beginning.
  started.unshift(['hopline exporter', stack.use(await startOurs(nats.monitorUrl))]);
  const opening = { ...stack.use(await startOurs(nats.monitorUrl)), agent: false as const };
  started.push(['hopline exporter, a new connection each time', opening]);
  const unexpected = { ...stack.use(await startOurs(nats.monitorUrl)), agent: false as const };
  started.push(['hopline exporter, each scrape unexpected', { ...unexpected, isStranger: true }]);
  const interval = ['--interval', '10s'];
  const ahead = stack.use(await startOurs(nats.monitorUrl, interval));
  started.push([`hopline exporter ${interval.join(' ')}`, ahead]);
  const periodMs = periodSeconds(consumersOf(size)) * 1000;
  const { figures, floor } = await scrapeInTurn(started, {
    monitorUrl: nats.monitorUrl,
    periodMs,
  });
  return [
    ...started.map(([name], index) => row(size, { name, figures: figures[index]!, all: figures })),
    `| ${size.replace('x', ' × ')} | nats-server's own \`/jsz\` | | ${floor} | | |`,
  ];
}

function pidOf(running: Awaited<ReturnType<typeof startRealExporter>>): Exporter {
  return {
    url: running.url,
    pid: running.running.pid,
    scrapes: SCRAPES_OF_OTHER,
    agent: keepingAgent(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function startOurs(monitorUrl: string, more: string[] = []): Promise<Exporter> {
  const port = await freePort();
  const running = await startProcess({
    name: 'hopline-exporter',
    args: [here('../../cli/src/main.ts'), 'exporter', '-a', '127.0.0.1', '-p', String(port)].concat(
      FLAGS,
      more,
      monitorUrl,
    ),
    readyLine: /Metrics/,
  });
  return {
    url: `http://127.0.0.1:${port}/metrics`,
    pid: running.pid,
    scrapes: SCRAPES,
    agent: keepingAgent(),
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

async function scrapeInTurn(
  exporters: readonly [string, Exporter][],
  { monitorUrl, periodMs }: { monitorUrl: string; periodMs: number },
): Promise<{ figures: Figures[]; floor: string }> {
  // Some turns before it counts: code is compiled, memory taken, and the rhythm known.
  const sizes: { series: number; bytes: number }[] = [];
  const all = exporters.map(() => ({ seconds: [] as number[], cpuSeconds: 0 }));
  const floors: number[] = [];
  const scrapeOne = async (index: number, turn: number): Promise<void> => {
    const { url, pid, agent, scrapes, isStranger } = exporters[index]![1];
    const asked: Asked = { url, agent, name: isStranger ? `stranger ${turn}` : 'scraper' };
    const figures = all[index]!;
    if (turn === -1) {
      sizes[index] = sizeOf(await textOf(asked));
      figures.cpuSeconds = -(await processUsage(pid)).cpuSeconds;
    } else {
      const seconds = await secondsOf(asked);
      if (turn >= 0) figures.seconds.push(seconds);
    }
    if (turn === scrapes - 1) figures.cpuSeconds += (await processUsage(pid)).cpuSeconds;
  };
  // The slow one first and alone: nobody else could keep a rhythm beside it.
  for (const [index, [, { scrapes }]] of exporters.entries()) {
    if (scrapes === SCRAPES) continue;
    for (let turn = -1; turn < scrapes; turn++) await scrapeOne(index, turn);
  }
  const ours = exporters.flatMap(([, { scrapes }], index) => (scrapes === SCRAPES ? [index] : []));
  const floorOf: Asked = {
    url: `${monitorUrl}/jsz?consumers=true&config=true&raft=true`,
    agent: false,
    name: 'scraper',
  };
  // Each at its own time of the turn, so that none comes later because another was slow.
  const slotMs = periodMs / (ours.length + 1);
  let nextMs = performance.now();
  const slot = async (turn: number): Promise<void> => {
    const waitMs = nextMs - performance.now();
    if (waitMs < 0) console.error(`hopline: turn ${turn} is ${(-waitMs).toFixed()} ms late`);
    await sleep(Math.max(0, waitMs));
    nextMs += slotMs;
  };
  for (let turn = -TURNS_BEFORE; turn < SCRAPES; turn++) {
    for (const index of ours) {
      await slot(turn);
      await scrapeOne(index, turn);
    }
    await slot(turn);
    const floor = await secondsOf(floorOf);
    if (turn >= 0) floors.push(floor);
  }
  const usages = await Promise.all(exporters.map(([, { pid }]) => processUsage(pid)));
  const figures = all.map(({ seconds, cpuSeconds }, index) => ({
    ...sizes[index]!,
    scrapes: seconds.length,
    medianSeconds: quantile(seconds, 0.5),
    p95Seconds: quantile(seconds, 0.95),
    cpuSecondsPerScrape: cpuSeconds / seconds.length,
    peakBytes: usages[index]!.peakResidentBytes,
  }));
  const floor = `${quantile(floors, 0.5).toFixed(2)} s | ${quantile(floors, 0.95).toFixed(2)} s`;
  return { figures, floor };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!;
}

function keepingAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1 });
}

interface Asked extends Pick<Exporter, 'url' | 'agent'> {
  /** What the scraper calls itself. */
  name: string;
}

async function answerOf({ url, agent, name }: Asked): Promise<IncomingMessage> {
  const headers = { ...HEADERS, 'User-Agent': name };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent, headers }, resolve).on('error', reject);
  });
  if (response.statusCode === 200) return response;
  throw new Error(`cannot get ${url}: ${response.statusCode}`);
}

function unpacked(response: IncomingMessage): NodeJS.ReadableStream {
  const isPacked = response.headers['content-encoding'] === 'gzip';
  return isPacked ? response.pipe(createGunzip()) : response;
}

async function textOf(asked: Asked): Promise<string> {
  return await textOfStream(unpacked(await answerOf(asked)));
}

function sizeOf(text: string): { series: number; bytes: number } {
  return { series: [...text.matchAll(/^(?:jetstream|gnatsd)_/gm)].length, bytes: text.length };
}

/** Until the last byte has come and is unpacked. */
async function secondsOf(asked: Asked): Promise<number> {
  const started = performance.now();
  let bytes = 0;
  for await (const piece of unpacked(await answerOf(asked))) bytes += piece.length;
  if (bytes === 0) throw new Error(`cannot get ${asked.url}: the answer is empty`);
  return (performance.now() - started) / 1000;
}

function row(
  size: string,
  { name, figures, all }: { name: string; figures: Figures; all: readonly Figures[] },
): string {
  const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const other = all.find(({ scrapes }) => scrapes === SCRAPES_OF_OTHER);
  const ratio = (of: (figures: Figures) => number): string =>
    !other || figures === other ? '' : ` (${(of(figures) / of(other)).toFixed(2)}×)`;
  const cells = [
    size.replace('x', ' × '),
    name,
    `${figures.series.toLocaleString('en')}, ${mib(figures.bytes)}`,
    `${figures.medianSeconds.toFixed(2)} s${ratio((one) => one.medianSeconds)}`,
    `${figures.p95Seconds.toFixed(2)} s${ratio((one) => one.p95Seconds)}`,
    `${figures.cpuSecondsPerScrape.toFixed(2)} s${ratio((one) => one.cpuSecondsPerScrape)}`,
    `${mib(figures.peakBytes)}${ratio((one) => one.peakBytes)}`,
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
    `- Machine: ${cpus().length} × ${cpus()[0]?.model}, ${memory} of memory, Node ${process.version}; nats-server, the exporters and the scraper run on it. Load average before the run: ${loadBefore}, at its end: ${loadavg()[0]!.toFixed(1)}.`,
    `- Date: ${new Date().toISOString().slice(0, 10)}`,
    `- One server, R1 file streams, idle. Flags: \`${FLAGS.join(' ')}\`. ${SCRAPES_OF_OTHER} scrapes of prometheus-nats-exporter (its P95 is its slowest), then ours in turn, each at its own time of the turn, a turn every ${sizes.map((size) => periodSeconds(consumersOf(size)).toFixed(1)).join(', ')} s; after ${TURNS_BEFORE} turns that do not count: ${SCRAPES} scrapes of each; gzip as Prometheus asks for, until the last byte is unpacked. In brackets the ratio to prometheus-nats-exporter's.`,
    "- Each scraper comes once a turn, and keeps its connection as Prometheus does or opens one each time: where `/jsz` is slow, its answer is there when the scrape is due. *Unexpected* is a new connection and a new name each time, as the first scrapes of any: it waits for nats-server's own `/jsz`, whose time is the last row of each size.",
    '- CPU is all of the process, sweeps between scrapes included.',
    '',
    '| streams × consumers | what | series of NATS, text | median | P95 | CPU a scrape | peak resident memory |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
