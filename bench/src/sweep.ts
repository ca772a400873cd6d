/**
 * What each question of a sweep costs a nats-server, and what its answer is worth in bytes: a cluster of three with
 * replicated streams and consumers, asked turn by turn. `npm run bench:sweep -- [STREAMS]`. Prints the figures and
 * writes bench/results/sweep.md.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type NatsServer, startCluster, waitFor } from '@hopline/testkit';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { AssetDecoder } from '../../monitor/src/endpoints/asset-decoder.ts';
import { decodeVarz } from '../../monitor/src/endpoints/varz.ts';
import { ServerClient } from '../../monitor/src/transport/server-client.ts';
import { processUsage } from './process-usage.ts';

const TURNS = 6;
/** Of requests that create streams: a cluster that is asked for more at once falls behind. */
const AT_ONCE = 8;
/** The kernel counts CPU in ticks of 10 ms, and memory is collected now and then: a question is asked often in a turn. */
const TURN_MS = 400;
const [MIN_ASKED, MAX_ASKED] = [5, 200];
/** New streams elect leaders and write; then they rest. */
const SETTLE_MS = 20_000;
const SLOW_CREATE_MS = 60_000;

const JSZ = 'jsz?accounts=true&streams=true&consumers=true&config=true';
const QUESTIONS = [
  `${JSZ}&raft=true`,
  JSZ,
  'jsz?accounts=true&streams=true&consumers=true',
  'jsz?accounts=true&streams=true',
  'jsz',
  'varz',
  'connz?auth=true&subs=true',
  'connz?state=closed&sort=stop&auth=true&subs=true&limit=512',
  'healthz',
  'routez',
  'gatewayz',
  'leafz',
  'subsz',
  'accstatz?unused=1',
  'raftz',
  'ipqueuesz',
] as const;

const streams = Number(process.argv[2] ?? 1_000);
const loadBefore = loadavg()[0]!.toFixed(1);

interface Cost {
  /** Of the server that is asked, what it does anyway taken off. */
  cpuMs: number[];
  /** Of who asks and decodes. */
  ownCpuMs: number[];
  seconds: number[];
  bytes: number;
}

await using cluster = await startCluster({ nodes: 3 });
{
  await using client = await connect({ servers: [...cluster.urls] });
  await fill(client);
}
await sleep(SETTLE_MS);
const [server] = cluster.servers as readonly [NatsServer, ...NatsServer[]];
const client = new ServerClient({
  base: new URL(`${server.monitorUrl}/`),
  limits: { timeoutMs: 60_000, maxBodyBytes: 2 ** 28, pageSize: 1024, maxPages: 1000 },
  signal: new AbortController().signal,
});
const identity = decodeVarz(await client.get('varz'))!;
const costs = new Map<string, Cost>(
  QUESTIONS.map((question) => [question, { cpuMs: [], ownCpuMs: [], seconds: [], bytes: 0 }]),
);
/** CPU ms a second of the server without a question. */
const idle: number[] = [];
for (let turn = -1; turn < TURNS; turn++) {
  const before = await cpuMs();
  await sleep(2_000);
  const restMs = ((await cpuMs()) - before) / 2;
  if (turn >= 0) idle.push(restMs);
  for (const [question, cost] of costs) await ask(question, { cost, turn, restMs });
}
const text = report();
const results = fileURLToPath(new URL('../results/', import.meta.url));
await mkdir(results, { recursive: true });
await writeFile(`${results}sweep.md`, text);
process.stdout.write(text);

async function cpuMs(): Promise<number> {
  return (await processUsage(server.pid)).cpuSeconds * 1000;
}

async function ask(
  question: string,
  { cost, turn, restMs }: { cost: Cost; turn: number; restMs: number },
): Promise<void> {
  const url = new URL(question, `${server.monitorUrl}/`);
  if (turn < 0) cost.bytes = (await (await fetch(url)).arrayBuffer()).byteLength;
  const endpoint = url.pathname.slice(1);
  const parameters = Object.fromEntries(url.searchParams);
  const before = await cpuMs();
  const own = process.cpuUsage();
  const started = performance.now();
  let asked = 0;
  while (asked < MAX_ASKED && (asked < MIN_ASKED || performance.now() - started < TURN_MS)) {
    const askedAt = performance.now();
    if ('streams' in parameters) await client.getAssets(parameters, new AssetDecoder(identity));
    else await client.get(endpoint, parameters);
    if (turn >= 0) cost.seconds.push((performance.now() - askedAt) / 1000);
    asked++;
  }
  const tookSeconds = (performance.now() - started) / 1000;
  const used = (await cpuMs()) - before - restMs * tookSeconds;
  const { user, system } = process.cpuUsage(own);
  if (turn < 0) return;
  cost.cpuMs.push(Math.max(0, used) / asked);
  cost.ownCpuMs.push((user + system) / 1000 / asked);
}

async function fill(client: NatsConnection): Promise<void> {
  const next = Array.from({ length: streams }).keys();
  const create = async (subject: string, body: object): Promise<void> => {
    await waitFor(
      async () => {
        const answer = await client
          .request(subject, JSON.stringify(body), { timeout: SLOW_CREATE_MS })
          .catch(() => null);
        return answer?.json<{ error?: unknown }>().error === undefined && answer !== null;
      },
      { message: subject, timeoutMs: 2 * SLOW_CREATE_MS },
    );
  };
  const createNext = async (): Promise<void> => {
    for (const at of next) {
      const name = `STREAM_${at}`;
      const config = { name, subjects: [`subject.${at}`], storage: 'file', num_replicas: 3 };
      await create(`$JS.API.STREAM.CREATE.${name}`, config);
      const consumer = { durable_name: 'reader', ack_policy: 'explicit' };
      await create(`$JS.API.CONSUMER.DURABLE.CREATE.${name}.reader`, {
        stream_name: name,
        config: consumer,
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, createNext));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function report(): string {
  const memory = `${Math.round(totalmem() / 2 ** 20)} MiB`;
  return [
    '# Sweep: what each question costs a nats-server',
    '',
    'Written by `npm run bench:sweep`.',
    '',
    `- Machine: ${cpus().length} × ${cpus()[0]?.model}, ${memory} of memory, Node ${process.version}; three nats-servers and who asks run on it. Load average before the run: ${loadBefore}, at its end: ${loadavg()[0]!.toFixed(1)}.`,
    `- Date: ${new Date().toISOString().slice(0, 10)}`,
    `- A cluster of three, ${streams.toLocaleString('en')} R3 file streams with an R3 consumer each, no traffic; the first server is asked. Medians of ${TURNS} turns, all questions in each; what the server uses without questions (${median(idle).toFixed()} ms of CPU a second) is taken off.`,
    '',
    '| question | CPU of the server | CPU of who asks and decodes | until it is decoded | bytes |',
    '|---|---|---|---|---|',
    ...[...costs].map(([question, { cpuMs: cpu, ownCpuMs, seconds, bytes }]) => {
      const ms = (values: readonly number[]): string => `${median(values).toFixed(1)} ms`;
      const tookMs = seconds.map((one) => one * 1000);
      const cells = [ms(cpu), ms(ownCpuMs), ms(tookMs), bytes.toLocaleString('en')];
      return `| \`/${question}\` | ${cells.join(' | ')} |`;
    }),
    '',
  ].join('\n');
}
