import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ATTR, unixNs } from '@hopline/model';
import { CONTRACT, type EndpointName, type ResponseOf } from '@hopline/model/api';
import type { FastifyInstance } from 'fastify';
import { type TemporaryDatabase, temporaryDatabase } from '../store/chdb/temporary-database.ts';
import type { Database } from '../store/store.ts';
import { apiAt } from './api-fixture.ts';
import {
  consumerRequest,
  handlerTraceOf,
  messageOf,
  producerRequest,
  receivedAt,
  SHAPES,
  sequenceOf,
  subjectOf,
  type Told,
  TRUTH,
} from './consumer-shapes-fixture.ts';

const NOW = unixNs(BigInt(Date.now()) * 1_000_000n);
const HOUR_NS = 3_600_000_000_000n;
const SKEW_NS = 5_000_000_000n;
/** Beside many others an engine may wait long for a core. */
const PATIENT = { queryTimeoutMs: 120_000 };
const RANGE = `from=${NOW - 6n * HOUR_NS}&to=${NOW}`;

let store: TemporaryDatabase;
let app: FastifyInstance;

const apiOf = (database: Database): Promise<FastifyInstance> => apiAt(database, { now: NOW });

before(async () => {
  store = await temporaryDatabase(PATIENT);
  app = await apiOf(store.database);
});
after(async () => {
  await app?.close();
  await store?.[Symbol.asyncDispose]();
});

async function ask<Name extends EndpointName>(name: Name, path: string): Promise<ResponseOf<Name>> {
  const response = await app.inject(path);
  assert.equal(response.statusCode, 200, response.body);
  return CONTRACT[name].response.parse(response.json()) as ResponseOf<Name>;
}

/** One side's exports of all shapes, in one batch. */
async function tell(told: Told, side: 'producer' | 'consumer', again = ''): Promise<void> {
  const request = side === 'producer' ? producerRequest : consumerRequest;
  await insert(
    `${side}-${told.run}${again}`,
    SHAPES.map((shape) => request(shape, told)),
  );
}

async function insert(id: string, requests: Uint8Array[]): Promise<void> {
  const outcome = await store.insert('traces', id, Buffer.concat(requests));
  assert.notEqual(outcome.status, 'refused');
}

/** Stages of a run's path, where all four shapes must say the same: duration and how it was got. */
async function stagesOf(told: Told): Promise<Record<string, string>> {
  const { stages, redeliveries } = await ask('latency', `/api/v1/latency?${RANGE}&${pathOf(told)}`);
  assert.deepEqual(redeliveries, []);
  return Object.fromEntries(
    stages.map(({ stage, average, max, count, provenance }) => {
      assert.deepEqual([count, max], [SHAPES.length, average], stage);
      const hows = Object.entries(provenance).filter(([, counted]) => counted > 0);
      return [stage, [average, ...hows.map(([how]) => how)].join(' ')];
    }),
  );
}

const pathOf = (told: Told): string => `producer=shop&subject=${subjectOf(told)}&consumer=worker`;

const ms = (count: number): string => String(BigInt(count) * 1_000_000n);
const TOTAL_MS = TRUTH.store + TRUTH.queue + TRUTH.buffer + TRUTH.process;

/** The truth, with what `differs`. */
const truth = (differs: Record<string, string> = {}): Record<string, string> => ({
  store: `${ms(TRUTH.store)} derived`,
  queue: `${ms(TRUTH.queue)} derived`,
  buffer: `${ms(TRUTH.buffer)} measured`,
  process: `${ms(TRUTH.process)} measured`,
  settle: `${ms(TRUTH.settle)} measured`,
  total: `${ms(TOTAL_MS)} derived`,
  ...differs,
});

/** The message knows its one handler, the topology both sides of it. */
async function assertBothWays(told: Told): Promise<void> {
  for (const shape of SHAPES) {
    const message = await ask('message', `/api/v1/messages/${messageOf(told, shape)}`);
    assert.deepEqual(
      message.deliveries.map(({ service, fate, attemptList }) => [
        [service, fate],
        attemptList.map(({ traceId, number }) => `${traceId} ${number}`),
      ]),
      [[['worker', 'processed'], [`${handlerTraceOf(told, shape)} 1`]]],
      shape,
    );
    // Back: the consumer's trace, by itself, names the message.
    const { spans } = await ask('trace', `/api/v1/traces/${handlerTraceOf(told, shape)}`);
    const [traceId, spanId] = messageOf(told, shape).split('-');
    const named = spans.flatMap((span) => [
      `${span.traceId} ${span.parentSpanId}`,
      ...span.links.map((link) => `${link.traceId} ${link.spanId}`),
    ]);
    assert.ok(named.includes(`${traceId} ${spanId}`), shape);
  }
  const { paths } = await ask('paths', `/api/v1/paths?${RANGE}&${pathOf(told)}`);
  assert.deepEqual(
    paths.map(({ deliveries, redeliveries, errors }) => [deliveries, redeliveries, errors]),
    [[SHAPES.length, 0, 0]],
  );
  const { edges } = await ask('topology', `/api/v1/topology?${RANGE}`);
  const publish = edges.find(({ to }) => to === `subject:${subjectOf(told)}`);
  assert.equal(publish?.from, 'service:shop');
  assert.ok(edges.some(({ from, to }) => from.startsWith('consumer:') && to === 'service:worker'));
}

test('the four shapes give the same stages', async () => {
  const told = { run: 1, begin: NOW - HOUR_NS };
  await tell(told, 'producer');
  await tell(told, 'consumer');
  assert.deepEqual(await stagesOf(told), truth());
});

/** Each in a time of its own, so that no edge can be another's. */
test('each shape by itself: the same edges, the same stages, found by its consumer', async () => {
  const edgesOf: Record<string, object[]> = {};
  for (const [index, shape] of SHAPES.entries()) {
    const told = { run: 7, begin: NOW - (12n - BigInt(index)) * HOUR_NS };
    await insert(`${shape}-7`, [producerRequest(shape, told), consumerRequest(shape, told)]);
    const range = `from=${told.begin - HOUR_NS / 4n}&to=${told.begin + HOUR_NS / 4n}`;
    const { nodes, edges } = await ask('topology', `/api/v1/topology?${range}`);
    assert.ok(nodes.length > 0, shape);
    edgesOf[shape] = edges.map(({ id: _id, ...edge }) => edge);
    const { stages } = await ask('latency', `/api/v1/latency?${range}&${pathOf(told)}`);
    assert.deepEqual(
      Object.fromEntries(stages.map(({ stage, count, p50 }) => [stage, `${p50} ${count}`])),
      Object.fromEntries(
        Object.entries(truth()).map(([stage, text]) => [stage, `${text.split(' ')[0]} 1`]),
      ),
      shape,
    );
    const found = [`${range}&service=worker`, `attribute=${ATTR.receiveTime}=${receivedAt(told)}`];
    for (const query of found) {
      const { messages } = await ask('messages', `/api/v1/messages?${query}`);
      assert.deepEqual(
        messages.map(({ id }) => id),
        [messageOf(told, shape)],
        `${shape} ${query}`,
      );
    }
  }
  const links = edgesOf.child?.map((edge) => Object.values(edge).slice(0, 3).join(' ')).sort();
  assert.deepEqual(links, [
    'consumer:SHAPES/worker service:worker consume',
    'service:shop subject:shapes.g publish',
    'stream:SHAPES consumer:SHAPES/worker source',
    'subject:shapes.g stream:SHAPES store',
  ]);
  for (const shape of SHAPES) assert.deepEqual(edgesOf[shape], edgesOf.child, shape);
});

test('a producer that did not wait for its PubAck: found by the place that only its consumer knows', async () => {
  const told = { run: 9, begin: NOW - 13n * HOUR_NS, isUnacknowledged: true };
  await tell(told, 'producer');
  await tell(told, 'consumer');
  for (const shape of SHAPES) {
    const query = `stream=SHAPES&sequence=${sequenceOf(told, shape)}`;
    const { messages } = await ask('messages', `/api/v1/messages?${query}`);
    assert.deepEqual(
      messages.map(({ id }) => id),
      [messageOf(told, shape)],
      shape,
    );
  }
});

test('the consumer is heard of before its producer', async () => {
  const told = { run: 2, begin: NOW - HOUR_NS };
  await tell(told, 'consumer');
  await tell(told, 'producer');
  assert.deepEqual(await stagesOf(told), truth());
  await assertBothWays(told);
});

test('a consumer two hours late, after a restart of Hopline', async () => {
  const late = 2n * HOUR_NS;
  const told = { run: 3, begin: NOW - 3n * HOUR_NS, late };
  await tell(told, 'producer');
  await app.close();
  await store.database[Symbol.asyncDispose]();
  store = await temporaryDatabase({ ...PATIENT, dataDir: store.dataDir });
  app = await apiOf(store.database);
  await tell(told, 'consumer');
  const waited = (stage: number): string => `${BigInt(ms(stage)) + late} derived`;
  const expected = truth({ queue: waited(TRUTH.queue), total: waited(TOTAL_MS) });
  assert.deepEqual(await stagesOf(told), expected);
  await assertBothWays(told);
});

for (const [run, producerSkew] of [
  [4, SKEW_NS],
  [5, -SKEW_NS],
] as const) {
  test(`the producer's clock is ${producerSkew} ns ahead: found by its PubAck`, async () => {
    const told = { run, begin: NOW - HOUR_NS, producerSkew };
    await tell(told, 'producer');
    await tell(told, 'consumer');
    const { store: stored = '', total: _, ...rest } = await stagesOf(told);
    const [duration, how] = stored.split(' ');
    // T0 and T1 bound the server's clock, and lie 1 ms further apart than the stage is long.
    assert.ok(BigInt(duration ?? -1) >= 0n, stored);
    assert.ok(BigInt(duration ?? -1) <= BigInt(ms(TRUTH.store + 1)), stored);
    assert.equal(how, 'adjusted');
    const { store: _store, total: _total, ...others } = truth();
    assert.deepEqual(rest, others);
  });
}

test("the consumer's clock is 5 s behind: never negative, and told", async () => {
  const told = { run: 6, begin: NOW - HOUR_NS, consumerSkew: -SKEW_NS };
  await tell(told, 'producer');
  await tell(told, 'consumer');
  // Nothing bounds its clock from the other side: the wait is what it was at least.
  const quickest = TOTAL_MS - TRUTH.queue;
  const expected = truth({ queue: '0 adjusted', total: `${ms(quickest)} adjusted` });
  assert.deepEqual(await stagesOf(told), expected);
});

test('told five times over, nothing changes', async () => {
  const told = { run: 1, begin: NOW - HOUR_NS };
  const answers = () =>
    Promise.all([
      ask('paths', `/api/v1/paths?${RANGE}`),
      ask('topology', `/api/v1/topology?${RANGE}`),
    ]);
  const once = await answers();
  for (let replay = 1; replay <= 5; replay++) {
    await tell(told, 'consumer', `-again-${replay}`);
    await tell(told, 'producer', `-again-${replay}`);
  }
  assert.deepEqual(await stagesOf(told), truth());
  assert.deepEqual(await answers(), once);
});

test('instances of the consumer: what each handled, once, however often it is told', async () => {
  const told = { run: 8, begin: NOW - HOUR_NS / 60n };
  await tell(told, 'consumer');
  await tell(told, 'consumer', '-again');
  const { instances } = await ask('consumer', `/api/v1/consumers/SHAPES/worker?${RANGE}`);
  const one = instances.find(({ instance }) => instance === 'worker-8');
  assert.ok(one, JSON.stringify(instances));
  const { service, handled, failed, durationP50 } = one;
  assert.deepEqual([service, handled, failed], ['worker', SHAPES.length, 0]);
  assert.equal(durationP50, ms(TRUTH.process));
  const older = await ask(
    'consumer',
    `/api/v1/consumers/SHAPES/worker?from=${NOW - 6n * HOUR_NS}&to=${told.begin - HOUR_NS}`,
  );
  assert.ok(older.instances.every(({ instance }) => instance !== 'worker-8'));
});
