import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { unixNs } from '@hopline/model';
import { CONTRACT, type ResponseOf } from '@hopline/model/api';
import type { FastifyInstance } from 'fastify';
import { type TemporaryDatabase, temporaryDatabase } from '../store/chdb/temporary-database.ts';
import { apiAt } from './api-fixture.ts';
import {
  ackFloorRow,
  consumerRequest,
  producerRequest,
  SHAPES,
  type Told,
  TRUTH,
} from './consumer-shapes-fixture.ts';

const SECOND_NS = 1_000_000_000n;
const MINUTE_NS = 60n * SECOND_NS;
/** On a border of every step up to five minutes. */
const NOW = unixNs((BigInt(Date.now()) / 300_000n) * 300n * SECOND_NS);
const FROM = NOW - 60n * MINUTE_NS;
const RANGE = `from=${FROM}&to=${NOW}`;
const FIRST: Told = { run: 1, begin: NOW - 30n * MINUTE_NS + SECOND_NS };
const SECOND: Told = { run: 2, begin: NOW - 20n * MINUTE_NS + SECOND_NS, late: 5n * SECOND_NS };
/** Fewer than of the second. */
const FIRST_SHAPES = SHAPES.slice(1);
const UNKNOWN: Told = { run: 3, begin: NOW - 10n * MINUTE_NS, isUnacknowledged: true };

let store: TemporaryDatabase;
let app: FastifyInstance;

before(async () => {
  store = await temporaryDatabase({ queryTimeoutMs: 120_000 });
  app = await apiAt(store.database, { now: unixNs(NOW + MINUTE_NS) });
  // Told twice: nothing may count twice.
  for (const id of ['once', 'again']) {
    const requests = [FIRST, SECOND, UNKNOWN].flatMap((told) =>
      (told === FIRST ? FIRST_SHAPES : SHAPES).flatMap((shape) => [
        producerRequest(shape, told),
        consumerRequest(shape, told),
      ]),
    );
    await store.insert('traces', id, Buffer.concat(requests));
    await store.insert('assets', `assets-${id}`, lines([...streamRows(), ...consumerRows()]));
  }
});
after(async () => {
  await app?.close();
  await store?.[Symbol.asyncDispose]();
});

const lines = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** Sixty messages in a minute, then made anew. */
const streamRows = (): object[] =>
  [100, 160, 10].map((lastSeq, index) => ({
    ...ackFloorRow('child', FIRST),
    kind: 'stream',
    consumer: '',
    time: String(FROM + BigInt(index + 1) * MINUTE_NS),
    messages: String(lastSeq),
    bytes: String(lastSeq * 1000),
    last_seq: String(lastSeq),
  }));

/** Ten, each a second more behind than the one before; the first of them knows nothing of its lag. */
const consumerRows = (): object[] =>
  Array.from({ length: 10 }, (_, index) => ({
    ...ackFloorRow('child', FIRST),
    consumer: `consumer-${index}`,
    time: String(FROM + MINUTE_NS),
    num_pending: String(index),
    completion_lag_seconds: index === 0 ? null : index,
  }));

async function ask(query: string, of = app): Promise<ResponseOf<'stream'>> {
  const response = await of.inject(`/api/v1/streams/SHAPES?${query}`);
  assert.equal(response.statusCode, 200, response.body);
  return CONTRACT.stream.response.parse(response.json());
}

const isNotZero = ({ perSecond }: { perSecond: number }): boolean => perSecond > 0;

test('what is published into it, subject by subject, also the steps without any, but for those nobody tells of', async () => {
  const { subjects, step } = await ask(RANGE);
  const seconds = Number(BigInt(step) / SECOND_NS);
  assert.deepEqual(
    subjects.map(({ subject, count }) => [subject, count]),
    // The third run never heard which stream took its messages.
    [
      ['shapes.b', SHAPES.length],
      ['shapes.a', FIRST_SHAPES.length],
    ],
  );
  for (const [index, told] of [SECOND, FIRST].entries()) {
    const { count, points } = subjects[index]!;
    const stepNs = BigInt(step);
    const firstReport = FROM + MINUTE_NS;
    const first = (firstReport / stepNs) * stepNs;
    assert.deepEqual(
      points.map(({ time }) => BigInt(time)),
      Array.from(
        { length: Number((NOW - first) / stepNs) },
        (_, at) => first + BigInt(at) * stepNs,
      ),
    );
    assert.deepEqual(points.filter(isNotZero), [
      { time: String((told.begin / stepNs) * stepNs), perSecond: count / seconds },
    ]);
  }
});

test('a step of which spans may still be on their way is left out', async () => {
  const early = await apiAt(store.database, { now: unixNs(NOW + 5n * SECOND_NS) });
  try {
    const [settled, young] = [await ask(RANGE), await ask(RANGE, early)];
    const [all, some] = [settled, young].map(({ subjects }) => subjects[0]!.points);
    assert.deepEqual(some, all!.slice(0, -1));
  } finally {
    await early.close();
  }
});

test('how long it takes to the end of the handler, by service and over time', async () => {
  const { latency } = await ask(RANGE);
  assert.deepEqual(
    latency.map(({ service, count }) => [service, count]),
    [['worker', FIRST_SHAPES.length + SHAPES.length]],
  );
  const [worker] = latency;
  const { settle: _, ...stages } = TRUTH;
  const wholeMs = Object.values(stages).reduce((all, stage) => all + stage, 0);
  const [first, second] = worker!.points.map(({ p99 }) => Number(p99) / 1e6);
  assertWithin(first!, wholeMs);
  assertWithin(second!, wholeMs + 5000);
  assertWithin(Number(worker!.p50) / 1e6, wholeMs + 5000);
  assertWithin(Number(worker!.p99) / 1e6, wholeMs + 5000);
});

test('what its leader reported, and what it stored a second until it was made anew', async () => {
  const { points, stream } = await ask(RANGE);
  assert.equal(stream, null);
  assert.deepEqual(
    points.map(({ messages, bytes, ingestPerSecond }) => [messages, bytes, ingestPerSecond]),
    [
      [100, 100_000, null],
      [160, 160_000, 1],
      [10, 10_000, null],
    ],
  );
});

test('of its consumers those that are furthest behind', async () => {
  const { consumers } = await ask(RANGE);
  assert.deepEqual(
    consumers.map(({ consumer, points }) => [
      consumer,
      points.map(({ backlog, completionLagSeconds }) => [backlog, completionLagSeconds]),
    ]),
    Array.from({ length: 8 }, (_, index) => [`consumer-${index + 2}`, [[index + 2, index + 2]]]),
  );
});

test('another account, and a range in which nothing was', async () => {
  const other = await ask(`${RANGE}&account=OTHER`);
  assert.deepEqual([other.points, other.consumers], [[], []]);
  const before = await ask(`from=${FROM - 60n * MINUTE_NS}&to=${FROM - 30n * MINUTE_NS}`);
  assert.deepEqual([before.points, before.subjects, before.latency], [[], [], []]);
});

/** Rollups are off by 0.8 % at most. */
function assertWithin(actual: number, expected: number): void {
  assert.ok(Math.abs(actual / expected - 1) <= 0.01, `${actual} is not near ${expected}`);
}
