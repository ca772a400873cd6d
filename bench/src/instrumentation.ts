/**
 * What the instrumentation costs, against the same client without it, side by side in one run:
 * `npm run bench:instrumentation -- [--rounds n] [--row 'server publish 256'] [--modes 'plain,1 %']`. Prints the figures and writes
 * bench/results/instrumentation.md. `--heap` takes the two tables of the heap alone, over 10 and 1 million
 * messages, and prints them; `--row` those rows whose name has all its words (`client` or `server`,
 * what is done, bytes; or `latency`), in the columns of `--modes`, and prints them. Every mode has a process of its own and all take turns, because
 * patches do not leave a process again and the machine is never equally quiet twice.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startNats } from '@hopline/testkit';
import type { Job } from './instrumentation-child.ts';
import type { Floor } from './instrumentation-floors.ts';
import { isHeaderAlone, MODES, type Mode } from './instrumentation-modes.ts';
import { otlpSink } from './instrumentation-otlp-sink.ts';
import { type BenchProcess, startBenchProcess } from './instrumentation-process.ts';
import {
  type Figures,
  heapSections,
  report,
  rowsAlone,
  type Samples,
} from './instrumentation-report.ts';
import { type Cost, SURFACE_WORKS, WORKS } from './instrumentation-work.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    heap: { type: 'boolean', default: false },
    row: { type: 'string', default: '' },
    modes: { type: 'string', default: '' },
  },
});
const ROUNDS = Number(values.rounds);
const HEAP_MESSAGES = values.heap ? 10_000_000 : 400_000;
const UNACKED_MESSAGES = values.heap ? 1_000_000 : 50_000;
const SIZES_BYTES = [256, 4096];
const SURFACE_BYTES = 256;
const SINK_MESSAGES = 5120;
/** The first round is for the compiler and counts for nothing. */
const WARM_UP_FACTOR = 5;
const SERVER_MESSAGES = 10_000;
const WANTED_MODES = MODES.filter((mode) => values.modes === '' || isNamed(mode));
const SINK_MODES = WANTED_MODES.filter((mode) => !isHeaderAlone(mode));
const SERVER_MODES = WANTED_MODES.filter((mode) => !/\b0 %|OTLP/.test(mode));
/** What the surfaces beside `publish` and `subscribe` cost, in a few columns. */
const SURFACE_MODES = SINK_MODES.filter((mode) => !/^SDK (0|1) %/.test(mode));
const LATENCY = { perSecond: 10_000, seconds: 1 };
const LATENCY_MODES: readonly Mode[] = ['plain', '1 %', '100 %'];

const results = fileURLToPath(new URL('../results/instrumentation.md', import.meta.url));

await using resources = new AsyncDisposableStack();
const collector = resources.use(await otlpSink());
const nats = resources.use(await startNats());
const children = new Map<Mode, BenchProcess>();
for (const mode of isAnySinkRowWanted() ? WANTED_MODES : SERVER_MODES) {
  children.set(mode, resources.use(await startBenchProcess(mode, collector.url)));
}
const feeder = resources.use(await startBenchProcess('plain', collector.url));
await feeder.run({ kind: 'feeder', url: nats.url });

const figures: Figures = {
  rounds: ROUNDS,
  sink: [],
  surfaces: [],
  server: [],
  latency: [],
  heap: [],
  unacked: [],
  floors: [],
};
if (!values.heap) await measureCosts();
if (values.row === '') await measureHeap();
if (values.row !== '') {
  process.stdout.write(rowsAlone(figures));
} else if (values.heap) {
  process.stdout.write(`${heapSections(figures).join('\n')}\n`);
} else {
  const text = report(figures);
  await mkdir(fileURLToPath(new URL('../results', import.meta.url)), { recursive: true });
  await writeFile(results, text + (await notesOf(results)));
  process.stdout.write(text);
}

async function measureCosts(): Promise<void> {
  if (values.row === '') {
    await using alone = await startBenchProcess('plain', collector.url);
    figures.floors = (await alone.run({ kind: 'floors' })) as Floor[];
  }
  for (const work of WORKS) {
    for (const sizeBytes of SIZES_BYTES) {
      if (!isWanted(`client ${work} ${sizeBytes}`)) continue;
      const job: Job = { kind: 'sink', work, sizeBytes, count: SINK_MESSAGES };
      const samples = await takeTurns(SINK_MODES, job, (cost) => (cost as Cost).cpuUs);
      figures.sink.push({ name: work, sizeBytes, samples });
    }
  }
  for (const work of SURFACE_WORKS) {
    if (!isWanted(`client ${work} ${SURFACE_BYTES}`)) continue;
    const job: Job = { kind: 'sink', work, sizeBytes: SURFACE_BYTES, count: SINK_MESSAGES };
    const samples = await takeTurns(SURFACE_MODES, job, (cost) => (cost as Cost).cpuUs);
    figures.surfaces.push({ name: work, sizeBytes: SURFACE_BYTES, samples });
  }
  for (const kind of ['publish', 'receive'] as const) {
    for (const sizeBytes of SIZES_BYTES) {
      if (!isWanted(`server ${kind} ${sizeBytes}`)) continue;
      const job: Job = { kind, url: nats.url, sizeBytes, count: SERVER_MESSAGES };
      const samples = await takeTurns(SERVER_MODES, job, Number);
      figures.server.push({ name: kind, sizeBytes, samples });
    }
  }
  if (!isWanted('latency')) return;
  const latencyJob: Job = { kind: 'latency', url: nats.url, ...LATENCY };
  const taken = new Map<Mode, { p50Ms: number; p99Ms: number }[]>();
  await takeTurns(LATENCY_MODES, latencyJob, (result, mode) => {
    taken.set(mode, [...(taken.get(mode) ?? []), result as { p50Ms: number; p99Ms: number }]);
    return 0;
  });
  for (const [mode, rounds] of taken) figures.latency.push({ mode, rounds: rounds.slice(1) });
}

/** Every row, unless `--row` names some. */
function isWanted(name: string): boolean {
  return values.row.split(' ').every((word) => name.includes(word));
}

function isNamed(mode: Mode): boolean {
  return values.modes.split(',').includes(mode);
}

function isAnySinkRowWanted(): boolean {
  const works = [...WORKS, ...SURFACE_WORKS];
  return works.some((work) => SIZES_BYTES.some((size) => isWanted(`client ${work} ${size}`)));
}

/** Each in a process of its own: what the rounds before left is not growth. */
async function measureHeap(): Promise<void> {
  for (const mode of ['plain', '100 %'] as const) {
    await using fresh = await startBenchProcess(mode, collector.url);
    const heap = await fresh.run({ kind: 'heap', count: HEAP_MESSAGES });
    const { liveBytes, exportedSpans } = heap as { liveBytes: number[]; exportedSpans: number };
    figures.heap.push({ mode, messages: HEAP_MESSAGES, liveBytes, exportedSpans });
  }
  for (const mode of ['plain', '100 %'] as const) {
    await using fresh = await startBenchProcess(mode, collector.url);
    const job: Job = { kind: 'unacked', url: nats.url, count: UNACKED_MESSAGES };
    const heap = (await fresh.run(job)) as { liveBytes: number[]; exportedSpans: number };
    figures.unacked.push({ mode, messages: UNACKED_MESSAGES, ...heap });
  }
}

/** All modes one after the other, round by round; the first round only warms them up. */
async function takeTurns(
  modes: readonly Mode[],
  job: Job,
  read: (result: unknown, mode: Mode) => number,
): Promise<Samples> {
  const samples: Samples = new Map(modes.map((mode) => [mode, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    const order = modes.map((_, at) => modes[(at + round) % modes.length] as Mode);
    const repeats = round === 0 && job.kind !== 'latency' ? WARM_UP_FACTOR : 1;
    for (const mode of order) {
      for (let extra = 1; extra < repeats; extra += 1) await children.get(mode)?.run(job);
      const value = read(await children.get(mode)?.run(job), mode);
      if (round > 0) samples.get(mode)?.push(value);
    }
  }
  return samples;
}

/** What was written by hand below the figures stays. */
async function notesOf(path: string): Promise<string> {
  const before = await readFile(path, 'utf8').catch(() => '');
  const at = before.indexOf('\n## Notes');
  return at < 0 ? '' : before.slice(at);
}
