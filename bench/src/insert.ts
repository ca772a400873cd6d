/** Inserts alone: how many spans a second the engine takes from sealed segments, and what CPU each costs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createChdbDatabase } from '../../server/src/store/chdb/driver.ts';
import { SpanRequests } from './messaging-spans.ts';
import { processUsage } from './process-usage.ts';

const SEGMENTS = Number(process.argv[2] ?? 40);
const WRITERS = Number(process.argv[3] ?? 2);
const REQUESTS_PER_SEGMENT = 49;

const dataDir = await mkdtemp(join(tmpdir(), 'hopline-bench-'));
const requests = new SpanRequests();
await using database = await createChdbDatabase({
  dataDir,
  maxMemoryBytes: 1024 ** 3,
  readers: 3,
  writers: WRITERS,
  queryTimeoutMs: 10_000,
  retentionDays: 7,
});
await database.migrate();
const pid = database.enginePid!;
const before = await processUsage(pid);
const startedAt = performance.now();
let next = 0;
let busyMs = 0;
const times: number[] = [];
await Promise.all(Array.from({ length: WRITERS }, writer));
const wall = (performance.now() - startedAt) / 1000;
const after = await processUsage(pid);
const spans = SEGMENTS * REQUESTS_PER_SEGMENT * SpanRequests.spansPerRequest;
const [{ stored, bytes }] = (await database.query<{ stored: string; bytes: string }>({
  sql: "SELECT (SELECT count() FROM spans) AS stored, (SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = 'spans') AS bytes",
  params: {},
  tag: 'bench-count',
  maxRows: 1,
  timeoutMs: 10_000,
})) as [{ stored: string; bytes: string }];
times.sort((a, b) => a - b);
console.log({
  spans,
  stored: Number(stored),
  bytesPerSpan: Number(bytes) / spans,
  spansPerSecond: Math.round(spans / wall),
  spansPerSecondPerWriter: Math.round((spans / busyMs) * 1000),
  engineCpuMicrosPerSpan: ((after.cpuSeconds - before.cpuSeconds) / spans) * 1e6,
  insertMsMedian: times[times.length >> 1],
  insertMsMax: times.at(-1),
  peakRssMib: Math.round(after.peakResidentBytes / 1024 ** 2),
});
await database[Symbol.asyncDispose]();
await rm(dataDir, { recursive: true });

async function writer(): Promise<void> {
  while (next < SEGMENTS) {
    const id = `segment-${next++}`;
    const path = join(dataDir, id);
    await writeFile(path, segment());
    const at = performance.now();
    const outcome = await database.insert({ signal: 'traces', path, id });
    times.push(performance.now() - at);
    busyMs += performance.now() - at;
    if (outcome.status !== 'stored') throw new Error(outcome.reason);
    await rm(path);
  }
}

function segment(): Buffer {
  const parts: Uint8Array[] = [];
  for (let request = 0; request < REQUESTS_PER_SEGMENT; request++) {
    const body = Buffer.from(requests.take());
    parts.push(varint(body.length), body);
  }
  return Buffer.concat(parts);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
