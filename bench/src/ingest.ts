/**
 * Ingest end to end: a real server, a sender in a process of its own, OTLP protobuf over HTTP, journal on.
 * `npm run bench:ingest -- [seconds] [connections]`. Prints the figures and writes bench/results/ingest.md.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess, waitFor } from '@hopline/testkit';
import { createChdbDatabase } from '../../server/src/store/chdb/driver.ts';
import { childrenOf, type ProcessUsage, processUsage } from './process-usage.ts';
import type { Sent } from './send-spans.ts';

const [, , seconds = '20', connections = '4'] = process.argv;
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
/** Others' work on the machine shows in every figure. */
const loadBefore = loadavg()[0]!.toFixed(1);
const dataDir = await mkdtemp(join(tmpdir(), 'hopline-bench-'));

interface Usage {
  server: ProcessUsage;
  engine: ProcessUsage;
}

try {
  const run = await measure();
  const kept = await countStored();
  const text = report(run, kept);
  await mkdir(here('../results'), { recursive: true });
  await writeFile(here('../results/ingest.md'), text);
  process.stdout.write(text);
  if (kept.rows !== run.sent.spans || kept.ids !== run.sent.spans) {
    throw new Error(`${run.sent.spans} spans were accepted, ${kept.rows} are stored`);
  }
} finally {
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
}

interface Run {
  sent: Sent;
  /** From the first request until the last span can be read. */
  totalSeconds: number;
  before: Usage;
  after: Usage;
  delayP99Ms: number;
}

async function measure(): Promise<Run> {
  await using server = await startProcess({
    name: 'bench-server',
    args: [here('./serve.ts'), dataDir],
    readyLine: /^(\{.*\})$/m,
    readyTimeoutMs: 60_000,
    stopTimeoutMs: 60_000,
  });
  const { httpUrl, otlpHttpUrl } = JSON.parse(server.ready[1]!) as Record<string, string>;
  const metric = metricsOf(httpUrl!);
  await waitFor(async () => (await fetch(`${httpUrl}/readyz`)).ok, {
    message: 'a ready server',
    timeoutMs: 60_000,
  });
  const [engine] = await childrenOf(server.pid);
  const usage = async (): Promise<Usage> => ({
    server: await processUsage(server.pid),
    engine: await processUsage(engine!),
  });
  const before = await usage();
  const startedAt = performance.now();
  await using sender = await startProcess({
    name: 'bench-sender',
    args: [here('./send-spans.ts'), otlpHttpUrl!, seconds, connections],
    readyLine: /^(\{.*\})$/m,
    readyTimeoutMs: Number(seconds) * 1000 + 60_000,
  });
  const sent = JSON.parse(sender.ready[1]!) as Sent;
  const delayP99Ms = (await metric('hopline_event_loop_delay_p99_seconds')) * 1000;
  const stored = async (): Promise<boolean> =>
    (await metric('hopline_store_inserted_items_total{signal="traces"}')) >= sent.spans;
  await waitFor(stored, { message: 'every span stored', timeoutMs: 300_000, intervalMs: 50 });
  const totalSeconds = (performance.now() - startedAt) / 1000;
  return { sent, totalSeconds, before, after: await usage(), delayP99Ms };
}

function metricsOf(httpUrl: string): (name: string) => Promise<number> {
  return async (name) => {
    const text = await (await fetch(`${httpUrl}/metrics`)).text();
    const line = text.split('\n').find((at) => at.startsWith(`${name} `));
    return Number(line?.slice(name.length) ?? Number.NaN);
  };
}

/** What the store holds after the server has gone, asked of the store itself. */
async function countStored(): Promise<{ rows: number; ids: number; bytes: number }> {
  await using database = await createChdbDatabase({
    dataDir,
    maxMemoryBytes: 2 * 1024 ** 3,
    readers: 1,
    writers: 1,
    queryTimeoutMs: 60_000,
    retentionDays: 7,
  });
  await database.migrate();
  const [row] = await database.query<Record<'rows' | 'ids' | 'bytes', string>>({
    sql:
      'SELECT count() AS rows, uniqExact(cityHash64(trace_id, span_id)) AS ids, (SELECT sum(bytes_on_disk) ' +
      "FROM system.parts WHERE active AND table = 'spans') AS bytes FROM spans",
    params: {},
    tag: 'bench-count',
    maxRows: 1,
    timeoutMs: 60_000,
  });
  return { rows: Number(row?.rows), ids: Number(row?.ids), bytes: Number(row?.bytes) };
}

function report(run: Run, kept: { rows: number; ids: number; bytes: number }): string {
  const { sent, before, after } = run;
  const millions = sent.spans / 1e6;
  const cpu = (which: keyof Usage): number => after[which].cpuSeconds - before[which].cpuSeconds;
  const mib = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;
  const peak = after.server.peakResidentBytes + after.engine.peakResidentBytes;
  const rows = [
    ['spans accepted', sent.spans.toLocaleString('en')],
    [
      'spans stored afterwards, distinct ids',
      `${kept.rows.toLocaleString('en')}, ${kept.ids.toLocaleString('en')}`,
    ],
    [
      'spans/s, first request to last span readable',
      Math.round(sent.spans / run.totalSeconds).toLocaleString('en'),
    ],
    ['spans/s accepted while sending', Math.round(sent.spans / sent.seconds).toLocaleString('en')],
    ['answers "retry later"', String(sent.retries)],
    ['CPU s per million spans, server', (cpu('server') / millions).toFixed(1)],
    ['CPU s per million spans, engine', (cpu('engine') / millions).toFixed(1)],
    ['event-loop delay of the server, P99', `${run.delayP99Ms.toFixed(1)} ms`],
    ['peak resident memory, server', mib(after.server.peakResidentBytes)],
    ['peak resident memory, engine', mib(after.engine.peakResidentBytes)],
    ['peak resident memory, both', mib(peak)],
    ['bytes a span on disk', (kept.bytes / kept.rows).toFixed(1)],
  ];
  const [processor] = cpus();
  return [
    '# Ingest: OTLP protobuf over HTTP into the embedded store',
    '',
    'Written by `npm run bench:ingest`.',
    '',
    `- Machine: ${cpus().length} × ${processor?.model.trim()}, ${mib(totalmem())} of memory, Node ${process.version}; the sender runs on it too. Load average before the run: ${loadBefore}.`,
    `- Date: ${new Date().toISOString().slice(0, 10)}`,
    `- Data: messaging spans of ${Math.round(sent.bytes / sent.spans)} B, 512 a request, 7 resource and 10 span attributes, 2 % errors with an exception event, 10 % links; ids, times and message keys new in each.`,
    `- Sender: a process of its own, ${connections} connections, as fast as answered, for ${seconds} s. Journal on, fsync off.`,
    '',
    '| figure | value |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    '',
  ].join('\n');
}
