import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { StageOrTotal } from '@hopline/model/api';
import { type NatsServer, startCluster, startProcess, TRACE_DEST, waitFor } from '@hopline/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { ask, startUp } from './product.ts';

const HERE = import.meta.dirname;
const PRELOAD = join(HERE, '../../sdk/instrumentation/dist/register.js');
const CLOCK = join(HERE, 'testing/shifted-clock.mjs');
const APP = join(HERE, 'testing/stages-app.mjs');
const NS_PER_MS = 1_000_000;
const COUNT = 12;

/** Between which two moments a mark lies, true time, Unix ns. */
type Bracket = [string, string];
interface Marks {
  published: Bracket;
  /** By the server's own event. */
  arrived: string;
  stored: string;
  received: Bracket;
  started: Bracket;
  ended: Bracket;
  settled: Bracket;
}

interface Scenario {
  name: string;
  /** The stage that the delay is put into, and how long it is at least, ms. */
  slow: StageOrTotal | null;
  leastMs: number;
  publish: Record<string, number | boolean>;
  /** The consumer begins after the messages are there. */
  consumeLateMs?: number;
  /** The stream's leader stands still while messages come, this long. */
  freezeMs?: number;
}

const SCENARIOS: Scenario[] = [
  { name: 'warm', slow: null, leastMs: 0, publish: { gapMs: 5 } },
  { name: 'pausing', slow: 'send', leastMs: 25, publish: { blockMs: 30 } },
  { name: 'frozen', slow: 'broker', leastMs: 150, publish: { count: 1 }, freezeMs: 300 },
  { name: 'waiting', slow: 'queue', leastMs: 250, publish: {}, consumeLateMs: 300 },
  { name: 'buffered', slow: 'buffer', leastMs: 20, publish: { atOnce: true, handlerMs: 25 } },
  { name: 'handling', slow: 'process', leastMs: 45, publish: { handlerMs: 50, gapMs: 80 } },
  { name: 'settling', slow: 'settle', leastMs: 35, publish: { ackMs: 40, gapMs: 5 } },
];

/** A producer and a consumer of the same host, whose clocks may be wrong. */
interface Pair {
  name: string;
  producerMs: number;
  consumerMs: number;
}

const PAIRS: Pair[] = [
  { name: 'right', producerMs: 0, consumerMs: 0 },
  { name: 'skewed', producerMs: -5_000, consumerMs: 5_000 },
];

test('stages of deliveries with known delays, on a cluster', { timeout: 400_000 }, async (t) => {
  await using place = await stage();
  const played: Played[] = [];
  for (const pair of PAIRS) {
    for (const scenario of SCENARIOS) {
      played.push(await play(place, pair, scenario));
    }
  }

  for (const pair of PAIRS) {
    const { name, producerMs, consumerMs } = pair;
    await t.test(`${name}: clocks off by ${producerMs} and ${consumerMs} ms`, async () => {
      const ofPair = played.filter((one) => one.pair === pair);
      await Promise.all(ofPair.map((one) => tellsTheTruth(one, place)));
    });
  }
});

interface Place extends AsyncDisposable {
  /** The server that leads the stream. */
  leader: NatsServer;
  url: string;
  /** Unix ms; everything comes later, on whatever clock. */
  since: number;
  nats: NatsConnection;
  /** Tin by the key of the message. */
  arrivals: Map<string, string>;
}

/** Cluster, Hopline, the pairs, and a client of our own that listens in. */
async function stage(): Promise<Place> {
  await using parts = new AsyncDisposableStack();
  const cluster = parts.use(await startCluster({ nodes: 3 }));
  const hopline = parts.use(
    await startUp(cluster.servers, {
      HOPLINE_MONITOR_INTERVAL_MS: '500',
      // Beside many others an engine may wait long for a core.
      HOPLINE_STORE_QUERY_TIMEOUT_MS: '120000',
      HOPLINE_INSIGHT_CLOCK_INTERVAL_SECONDS: '1',
    }),
  );
  const { url } = hopline;
  await waitFor(async () => (await ask(url, 'status')).nats.state === 'connected', {
    message: 'NATS',
    timeoutMs: 60_000,
  });
  const founder = parts.adopt(await connect({ servers: [...cluster.urls] }), (one) => one.close());
  const manager = await jetstreamManager(founder);
  const added = () =>
    manager.streams.add({ name: 'WORK', subjects: ['work.>'], num_replicas: 3 }).catch(() => null);
  await waitFor(added, { message: 'a stream of three', timeoutMs: 60_000 });
  const { cluster: group } = await manager.streams.info('WORK');
  const leader = cluster.servers.find(({ name }) => name === group?.leader);
  const entry = cluster.servers.find((server) => server !== leader);
  assert.ok(leader && entry, `no leader: ${group?.leader}`);
  // Nobody is connected to the server that will stand still.
  const nats = parts.adopt(await connect({ servers: entry.url, name: 'director' }), (one) =>
    one.close(),
  );
  const arrivals = listen(nats);
  const applications = PAIRS.flatMap(({ name, producerMs, consumerMs }) => [
    { role: 'producer', name: `${name}-producer`, skewMs: producerMs },
    { role: 'consumer', name: `${name}-consumer`, skewMs: consumerMs },
  ]);
  const since = Date.now() - 60_000;
  for (const { role, name, skewMs } of applications) {
    const env = {
      ROLE: role,
      SKEW_MS: String(skewMs),
      NATS_URL: entry.url,
      OTEL_SERVICE_NAME: name,
      OTEL_EXPORTER_OTLP_ENDPOINT: hopline.otlpUrl,
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    };
    const args = ['--import', CLOCK, '--import', PRELOAD, APP];
    const started = { name, args, env, readyLine: /READY/, readyTimeoutMs: 60_000 };
    parts.use(await startProcess(started));
  }
  const moved = parts.move();
  const dispose = () => moved.disposeAsync();
  return { leader, url, since, nats, arrivals, [Symbol.asyncDispose]: dispose };
}

interface TraceEvent {
  request?: { header?: Record<string, string[]> };
  hops?: number;
  events?: { type: string; ts: string; kind?: number }[];
}

/** The servers' own word on when the first of them had a message: of several events the earliest. */
function listen(nats: NatsConnection): Map<string, string> {
  const arrivals = new Map<string, string>();
  nats.subscribe(TRACE_DEST, {
    callback: (_error, message) => {
      const event = message.json<TraceEvent>();
      const key = event.request?.header?.['Nats-Msg-Id']?.[0];
      const ingress = event.events?.find(({ type }) => type === 'in');
      if (key === undefined || !ingress) return;
      const at = unixNs(ingress.ts);
      const known = arrivals.get(key);
      if (known === undefined || BigInt(at) < BigInt(known)) arrivals.set(key, at);
    },
  });
  return arrivals;
}

/** RFC 3339 with up to nine digits of a second. */
function unixNs(text: string): string {
  const [, seconds = '', fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(text) ?? [];
  return String(BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0')));
}

async function command(nats: NatsConnection, to: string, given: object): Promise<unknown> {
  const answer = await nats.request(`ctl.${to}`, JSON.stringify(given), { timeout: 60_000 });
  return answer.json();
}

/** A scenario as one pair played it. */
interface Played {
  pair: Pair;
  scenario: Scenario;
  /** By the key of the message. */
  marks: Map<string, Marks>;
}

/** Messages, subject and consumer of a scenario of a pair. */
const nameOf = ({ pair, scenario }: Omit<Played, 'marks'>): string =>
  `${pair.name}-${scenario.name}`;

async function play(place: Place, pair: Pair, scenario: Scenario): Promise<Played> {
  const { publish, consumeLateMs, freezeMs } = scenario;
  const { nats, arrivals, leader } = place;
  const name = nameOf({ pair, scenario });
  const consumer = `${pair.name}-consumer`;
  const consume = () => command(nats, consumer, { command: 'consume', scenario: name });
  const given = { command: 'publish', scenario: name, count: COUNT, ...publish };
  if (consumeLateMs === undefined) await consume();
  if (freezeMs !== undefined) leader.signal('SIGSTOP');
  const published = command(nats, `${pair.name}-producer`, given);
  if (freezeMs !== undefined) {
    await sleep(freezeMs);
    leader.signal('SIGCONT');
  }
  const told = (await published) as Record<string, Partial<Marks>>;
  if (consumeLateMs !== undefined) {
    await sleep(consumeLateMs);
    await consume();
  }
  const marks = await waitFor(
    async () => {
      const handled = (await command(nats, consumer, { command: 'marks' })) as typeof told;
      const all = Object.entries(told).map(([key, mark]): [string, Partial<Marks>] => [
        key,
        { ...mark, ...handled[key], arrived: arrivals.get(key) ?? '' },
      ]);
      const isWhole = all.every(([, mark]) => mark.settled && mark.received && mark.arrived);
      return isWhole && new Map(all as [string, Marks][]);
    },
    { message: `all of ${name}`, timeoutMs: 60_000 },
  );
  return { pair, scenario, marks };
}

/** Each stage between two marks; the whole ends with the handler. */
const STAGES: [StageOrTotal, (marks: Marks) => Bracket, (marks: Marks) => Bracket][] = [
  ['send', ({ published }) => published, ({ arrived }) => [arrived, arrived]],
  ['broker', ({ arrived }) => [arrived, arrived], ({ stored }) => [stored, stored]],
  ['queue', ({ stored }) => [stored, stored], ({ received }) => received],
  ['buffer', ({ received }) => received, startedOf],
  ['process', startedOf, ({ ended }) => ended],
  ['settle', ({ ended }) => ended, ({ settled }) => settled],
  ['total', ({ published }) => published, ({ ended }) => ended],
];

/** A handler that acknowledges before it ends leaves no settling after it. */
const stagesOf = ({ publish }: Scenario): typeof STAGES =>
  STAGES.filter(([stage]) => stage !== 'settle' || publish.ackMs !== undefined);

/** The iterator was asked for it long before there was any. */
function startedOf({ started: [asked, begun], received: [from] }: Marks): Bracket {
  return [BigInt(asked) > BigInt(from) ? asked : from, begun];
}

interface Figures {
  average: number;
  p50: number;
  p99: number;
}

/** Figures of values in ns; a percentile between two values is the lower or the upper one. */
function figures(values: readonly number[], round: 'floor' | 'ceil'): Figures {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number): number => sorted[Math[round]((sorted.length - 1) * q)] ?? Number.NaN;
  const sum = sorted.reduce((all, value) => all + value, 0);
  return { average: sum / sorted.length, p50: at(0.5), p99: at(0.99) };
}

/** Between marks of two clocks. */
const OF_TWO_CLOCKS: readonly StageOrTotal[] = ['send', 'queue', 'total'];

/** Figures of the stages as Hopline tells them, once it knows all of the path. */
async function toldFigures(
  played: Played,
  { url, since }: Place,
): Promise<Map<StageOrTotal, Figures> | false> {
  const { pair, scenario, marks } = played;
  const name = nameOf(played);
  const query = { subject: `work.${name}`, from: String(BigInt(since) * 1_000_000n) };
  const told = new Map<StageOrTotal, Figures>();
  for (const row of (await ask(url, 'latency', { query })).stages) {
    if (row.count !== marks.size) return false;
    const isShifted = pair.producerMs !== 0 && OF_TWO_CLOCKS.includes(row.stage);
    if (isShifted && row.provenance.adjusted !== row.count) return false;
    const [average, p50, p99] = [row.average, row.p50, row.p99].map(Number);
    told.set(row.stage, { average, p50, p99 } as Figures);
  }
  if (told.size < stagesOf(scenario).length) return false;
  for (const stage of pair.producerMs === 0 ? [] : OF_TWO_CLOCKS) {
    const slowest = { ...query, stage, limit: 500 };
    const { deliveries } = await ask(url, 'slowest', { query: slowest });
    if (deliveries.length !== marks.size) return false;
    for (const { duration, provenance } of deliveries) {
      assert.ok(BigInt(duration) >= 0n, `${name} ${stage}: ${duration}`);
      if (provenance !== 'adjusted') return false;
    }
  }
  return told;
}

async function tellsTheTruth(played: Played, place: Place): Promise<void> {
  let wrong: string[] = ['nothing told yet'];
  const isTrue = async (): Promise<boolean> => {
    // "Retry later" is an answer of a busy store.
    const seen = await toldFigures(played, place).catch((error: unknown) => {
      wrong = [String(error)];
      return false as const;
    });
    if (seen) wrong = differences(played, seen);
    return wrong.length === 0;
  };
  const name = nameOf(played);
  await waitFor(isTrue, { message: name, timeoutMs: 100_000, intervalMs: 500 }).catch(
    (error: unknown) => assert.deepEqual(wrong, [], `${name}: ${String(error)}`),
  );
}

/** What is further off than max(2 ms, 2 %), what does not add up, what is not slow though it must be. */
function differences({ scenario, marks }: Played, seen: Map<StageOrTotal, Figures>): string[] {
  const { slow, leastMs } = scenario;
  const wrong: string[] = [];
  for (const [stage, from, to] of stagesOf(scenario)) {
    const all = [...marks.values()].map((mark) => ({ from: from(mark), to: to(mark) }));
    const least = all.map((mark) => Number(BigInt(mark.to[0]) - BigInt(mark.from[1])));
    const most = all.map((mark) => Number(BigInt(mark.to[1]) - BigInt(mark.from[0])));
    const [low, high] = [figures(least, 'floor'), figures(most, 'ceil')];
    const figure = seen.get(stage);
    if (!figure) return [`${stage}: not told`];
    for (const name of ['average', 'p50', 'p99'] as const) {
      const bound = Math.max(2 * NS_PER_MS, 0.02 * high[name]);
      if (figure[name] < low[name] - bound || figure[name] > high[name] + bound) {
        wrong.push(`${stage} ${name}: ${figure[name]} is not in ${low[name]}..${high[name]}`);
      }
    }
    if (stage === slow && figure.average < leastMs * NS_PER_MS) wrong.push(`${stage}: too quick`);
  }
  const average = (stage: StageOrTotal): number => seen.get(stage)?.average ?? Number.NaN;
  const parts: StageOrTotal[] = ['send', 'broker', 'queue', 'buffer', 'process'];
  const sum = parts.reduce((all, stage) => all + average(stage), 0);
  if (Math.abs(sum - average('total')) > 1_000)
    wrong.push(`the sum is ${sum - average('total')} off`);
  return wrong;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
