/**
 * Questions to a full store, through the API as browser and command line ask them.
 * `npm run bench:query -- [messages] [hours]`. Prints the figures and writes bench/results/query.md.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Signal, type UnixNs, unixNs } from '@hopline/model';
import type { StatusResponse } from '@hopline/model/api';
import { createApi } from '../../server/src/api/create-api.ts';
import { type ChdbDatabase, createChdbDatabase } from '../../server/src/store/chdb/driver.ts';
import { QueryTimeout } from '../../server/src/store/errors.ts';
import { ROLLUP_DAYS } from '../../server/src/store/rollups/levels.ts';
import { Roller } from '../../server/src/store/rollups/roller.ts';
import { type MessageBatch, messageBatch, SPANS_PER_MESSAGE } from './stored-messages.ts';

const MESSAGES = Number(process.argv[2] ?? 1_000_000);
const HOURS = Number(process.argv[3] ?? 24);
const PER_SEGMENT = 5_000;
/** Of each question, besides the first, which warms caches. */
const RUNS = 40;
const HOUR_NS = 3_600_000_000_000n;
const TIMEOUT_MS = 120_000;
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const dataDir = await mkdtemp(join(tmpdir(), 'hopline-bench-'));
const loadBefore = loadavg()[0]!.toFixed(1);
const now = unixNs(BigInt(Date.now()) * 1_000_000n);
try {
  await using database = await createChdbDatabase({
    dataDir,
    maxMemoryBytes: 2 * 1024 ** 3,
    readers: 3,
    writers: 2,
    queryTimeoutMs: TIMEOUT_MS,
    retentionDays: 7,
  });
  await database.migrate();
  const samples = await fill(database);
  const rolledSeconds = await roll(database);
  const text = report(await measure(database, samples), rolledSeconds);
  await mkdir(here('../results'), { recursive: true });
  await writeFile(here('../results/query.md'), text);
  process.stdout.write(text);
} finally {
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
}

/** Messages evenly over the hours before now; one of each segment is remembered. */
async function fill(database: ChdbDatabase): Promise<MessageBatch['sample'][]> {
  const samples: MessageBatch['sample'][] = [];
  const begin = now - BigInt(HOURS) * HOUR_NS;
  const gapNs = (BigInt(HOURS) * HOUR_NS) / BigInt(MESSAGES + 1);
  const startedAt = performance.now();
  for (let first = 0; first < MESSAGES; first += PER_SEGMENT) {
    const count = Math.min(PER_SEGMENT, MESSAGES - first);
    const startNs = begin + BigInt(first) * gapNs;
    const batch = messageBatch({ first, count, startNs, gapNs });
    samples.push(batch.sample);
    await insert(database, { signal: 'traces', id: `t${first}`, bytes: batch.traces });
    await insert(database, { signal: 'hops', id: `h${first}`, bytes: batch.hops });
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  process.stderr.write(`${MESSAGES} messages made and stored in ${seconds} s\n`);
  return samples;
}

async function insert(
  database: ChdbDatabase,
  segment: { signal: Signal; id: string; bytes: Uint8Array | string },
): Promise<void> {
  const path = join(dataDir, segment.id);
  await writeFile(path, segment.bytes);
  const outcome = await database.insert({ signal: segment.signal, path, id: segment.id });
  if (outcome.status === 'refused') throw new Error(`${segment.id}: ${outcome.reason}`);
  await rm(path);
}

/** All rollups at once, as after an upgrade; a running server does it as data comes. */
async function roll(database: ChdbDatabase): Promise<number> {
  const roller = new Roller({ database, keepDays: ROLLUP_DAYS });
  const startedAt = performance.now();
  for (let isLeft = true; isLeft; ) {
    // On a busy machine: the roller then tries less at once, as in a server.
    isLeft = await roller.roll().catch((error: unknown) => {
      if (error instanceof QueryTimeout) return true;
      throw error;
    });
  }
  return (performance.now() - startedAt) / 1000;
}

interface Figure {
  question: string;
  p50: number;
  p95: number;
}

async function measure(
  database: ChdbDatabase,
  samples: readonly MessageBatch['sample'][],
): Promise<Figure[]> {
  const ok = { status: 200, body: {} };
  await using stack = new AsyncDisposableStack();
  const app = await createApi({
    database,
    status: () => ({ startedAt: String(now) }) as StatusResponse,
    probes: {
      health: () => ok,
      ready: () => ok,
      metrics: async () => ({ contentType: 'text/plain', text: '' }),
    },
    feed: () => () => {},
    queryTimeoutMs: TIMEOUT_MS,
    retentionDays: 7,
    maxLiveClients: 1,
    allowedHosts: null,
    version: 'bench',
    now: () => now,
    onError: (error) => console.error(error),
  });
  stack.defer(() => app.close());
  const since = (hours: number): string => `from=${(now - BigInt(hours) * HOUR_NS) as UnixNs}`;
  const sample = () => samples[Math.floor(Math.random() * samples.length)]!;
  const path = 'producer=gateway&subject=gateway.event-0&consumer=gateway-worker';
  const questions: [question: string, url: () => string][] = [
    ['trace by id', () => `/api/v1/traces/${sample().traceId}`],
    [
      'message by id, with its deliveries and back-links',
      () => `/api/v1/messages/${sample().messageId}`,
    ],
    ['message by stream and sequence', () => `/api/v1/messages?${sample().position}`],
    ['newest messages', () => `/api/v1/messages?${since(24)}`],
    ['newest messages of a service', () => `/api/v1/messages?${since(24)}&service=audit`],
    ['newest messages of a subject', () => `/api/v1/messages?${since(24)}&subject=gateway.>`],
    ['newest failed messages', () => `/api/v1/messages?${since(24)}&outcome=failed`],
    ['topology of the last hour', () => `/api/v1/topology?${since(1)}`],
    ['topology of 24 h', () => `/api/v1/topology?${since(24)}`],
    ['paths of the last hour', () => `/api/v1/paths?${since(1)}`],
    ['paths of 24 h', () => `/api/v1/paths?${since(24)}`],
    [
      'latency of a path: table, series, heat map; last hour',
      () => `/api/v1/latency?${since(1)}&${path}`,
    ],
    [
      'latency of a path: table, series, heat map; 24 h',
      () => `/api/v1/latency?${since(24)}&${path}`,
    ],
    ['slowest deliveries of a path, 24 h', () => `/api/v1/latency/slowest?${since(24)}&${path}`],
  ];
  const figures: Figure[] = [];
  for (const [question, url] of questions) {
    const times: number[] = [];
    // The first answer warms caches and is not counted.
    for (let run = 0; run <= RUNS; run++) {
      const startedAt = performance.now();
      const response = await app.inject(url());
      if (response.statusCode !== 200) throw new Error(`${question}: ${response.body}`);
      if (run > 0) times.push(performance.now() - startedAt);
    }
    times.sort((a, b) => a - b);
    const at = (share: number): number => times[Math.ceil(RUNS * share) - 1]!;
    figures.push({ question, p50: at(0.5), p95: at(0.95) });
    process.stderr.write(`${question}: ${at(0.5).toFixed(0)} ms\n`);
  }
  return figures;
}

function report(figures: readonly Figure[], rolledSeconds: number): string {
  const [processor] = cpus();
  return [
    '# Questions to a full store',
    '',
    'Written by `npm run bench:query`.',
    '',
    `- Machine: ${cpus().length} × ${processor?.model.trim()}, Node ${process.version}. Load average before the run: ${loadBefore}.`,
    `- Date: ${new Date().toISOString().slice(0, 10)}`,
    `- Data: ${MESSAGES.toLocaleString('en')} messages, ${(MESSAGES * SPANS_PER_MESSAGE).toLocaleString('en')} spans, one server event each, evenly over ${HOURS} h; six producers, 24 subjects, two consumers a message, one of them in a trace of its own.`,
    `- Rollups of all that: ${rolledSeconds.toFixed(0)} s, in the background with one thread.`,
    `- Asked through the HTTP API in one process, one question at a time, ${RUNS} times each.`,
    '',
    '| question | P50 | P95 |',
    '|---|---:|---:|',
    ...figures.map(
      ({ question, p50, p95 }) => `| ${question} | ${p50.toFixed(0)} ms | ${p95.toFixed(0)} ms |`,
    ),
    '',
  ].join('\n');
}
