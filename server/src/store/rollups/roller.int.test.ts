import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { unixNs } from '@hopline/model';
import { waitFor } from '@hopline/testkit';
import { type TemporaryDatabase, temporaryDatabase } from '../chdb/temporary-database.ts';
import { messagesThatTook } from '../queries/messages-that-took.ts';
import { pathList } from '../queries/paths/path-list.ts';
import { slowestDeliveries } from '../queries/paths/slowest-deliveries.ts';
import { stageSeries } from '../queries/paths/stage-series.ts';
import { stageTable } from '../queries/paths/stage-table.ts';
import { ROLLUP_DAYS } from './levels.ts';
import { handlers, type Published, publishes } from './messages-fixture.ts';
import { NOTHING_ROLLED, type RolledBounds, wholeBuckets } from './range.ts';
import { rollupReach } from './reach.ts';
import { Roller } from './roller.ts';

const HOUR_NS = 3_600_000_000_000n;
const NOW = BigInt(Date.now()) * 1_000_000n;
const TIMEOUT_MS = 60_000;

/** `count` messages evenly over the hours before `until`. */
const messagesOver = (
  hours: bigint,
  count: number,
  { until = NOW - HOUR_NS / 60n, name = 'm' } = {},
): Published[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `${name}-${index}`,
    at: until - hours * HOUR_NS + (BigInt(index) * hours * HOUR_NS) / BigInt(count),
  }));

/** Durations that spread over two decades. */
const spread = (index: number): number => 1.5 * 1.01 ** ((index * 7919) % 463);

function makeRoller(store: TemporaryDatabase) {
  // Each look is long after the one before: nothing waits for its turn.
  let clockMs = Date.now();
  const nowMs = (): number => (clockMs += 60_000);
  return new Roller({ database: store.database, keepDays: ROLLUP_DAYS, nowMs });
}

async function rollAll(roller: Roller): Promise<void> {
  while (await roller.roll());
}

async function answers(store: TemporaryDatabase, bounds: RolledBounds) {
  const stepSeconds = 600;
  const of = { ...bounds, stepSeconds, heatOf: 'process', limit: 10_000 };
  return {
    paths: await pathList(store.database, { ...bounds, limit: 100 }),
    table: (await stageTable(store.database, bounds)).toSorted((a, b) =>
      `${a.stage}${a.is_first}`.localeCompare(`${b.stage}${b.is_first}`),
    ),
    series: await stageSeries(store.database, of),
    ...(await attempts(store, { ...bounds, isExact: true })),
  };
}

/** Single attempts and messages, to the nanosecond. */
async function attempts(store: TemporaryDatabase, bounds: RolledBounds) {
  const of = { ...bounds, stage: 'process' as const, limit: 50 };
  const [minNs, maxNs] = [20_000_000n, HOUR_NS];
  return {
    slowest: await slowestDeliveries(store.database, { ...of, minNs, maxNs, firstOnly: false }),
    took: await messagesThatTook(store.database, { ...of, minNs, maxNs }),
  };
}

/** Bounds that rollups answer alone: they end before what is rolled. */
async function rolledBounds(store: TemporaryDatabase, hours: bigint): Promise<RolledBounds> {
  const reach = await rollupReach(store.database, TIMEOUT_MS);
  const to = NOW - 30_000_000_000n;
  assert.ok(BigInt(reach.rolledTo) * 1_000_000_000n > to, `rolled to ${reach.rolledTo}`);
  const asked = { from: unixNs(NOW - hours * HOUR_NS), to: unixNs(to), timeoutMs: TIMEOUT_MS };
  return wholeBuckets(asked, reach);
}

const deliveriesOf = async (store: TemporaryDatabase, hours: bigint): Promise<number> => {
  const bounds = await rolledBounds(store, hours);
  const [path] = await pathList(store.database, { ...bounds, limit: 100 });
  return Number(path?.deliveries ?? 0);
};

test('rollups of every level answer what the spans say', async () => {
  await using store = await temporaryDatabase();
  const messages = messagesOver(3n, 1200);
  await store.insert('traces', 'p', publishes(messages));
  await store.insert('traces', 'h', handlers(messages, { delayMs: 30, handleMs: spread }));
  await rollAll(makeRoller(store));
  const bounds = await rolledBounds(store, 2n);
  const { paths, table, ...rest } = await answers(store, bounds);
  const fromSpans = await answers(store, { ...bounds, reach: NOTHING_ROLLED });
  assert.deepEqual({ paths, table, ...rest }, fromSpans);
  const count = Number(paths[0]?.deliveries);
  assert.ok(count > 780 && count <= 800, JSON.stringify(paths));
  assert.equal(rest.slowest.length, 50);
  assert.equal(rest.took.length, 50);
  assert.deepEqual(
    table.map(({ stage, count }) => `${stage} ${count}`),
    ['buffer', 'process', 'queue', 'store', 'total'].map((stage) => `${stage} ${count}`),
  );
  const rows = await store.select<{ hours: string; minutes: string }>(
    `SELECT uniqIf(bucket, stage != '') AS minutes,
      (SELECT uniqIf(bucket, stage != '') FROM deliveries_1h) AS hours FROM deliveries_1m`,
  );
  assert.ok(Number(rows[0]?.hours) >= 2 && Number(rows[0]?.minutes) >= 120, JSON.stringify(rows));
});

test('a bucket is computed when something came, and once more when it is over', async () => {
  await using store = await temporaryDatabase();
  let computed = 0;
  const { database } = store;
  const counting = new Proxy(database, {
    get: (target, key) => {
      if (key !== 'query') return Reflect.get(target, key, target);
      return (statement: Parameters<typeof database.query>[0]) => {
        if (statement.tag === 'roll-attempts-10s') computed++;
        return target.query(statement);
      };
    },
  });
  const roller = new Roller({ database: counting, keepDays: ROLLUP_DAYS });
  const roll = async (): Promise<number> => {
    const before = computed;
    await rollAll(roller);
    return computed - before;
  };
  await roll();
  // Until a machine that is busy does all of it before the bucket is over.
  for (let attempt = 1; ; attempt++) {
    const bucketMs = 10_000;
    await sleep(bucketMs - (Date.now() % bucketMs) + 100);
    const beganMs = Date.now();
    const messages = [{ name: `${attempt}`, at: BigInt(beganMs) * 1_000_000n }];
    await store.insert('traces', `p${attempt}`, publishes(messages));
    const published = await roll();
    const nothing = await roll();
    const handled = handlers(messages, { delayMs: 1, handleMs: () => 1 });
    await store.insert('traces', `h${attempt}`, handled);
    const expected = [published, nothing, await roll()];
    if (Date.now() - beganMs > bucketMs && attempt < 10) continue;
    assert.deepEqual(expected, [1, 0, 1], 'something came, nothing, its handler');
    break;
  }
  const rounds: number[] = [];
  await waitFor(async () => rounds.push(await roll()) > 0 && rounds.includes(1), {
    message: 'its end',
    timeoutMs: 60_000,
    intervalMs: 500,
  });
  assert.equal(rounds.at(-1), 1);
  assert.equal(await roll(), 0, 'it was over before');
});

test('a bucket that is not over is answered as it fills, and a range centuries ahead is empty', async () => {
  await using store = await temporaryDatabase();
  const { database } = store;
  const roller = new Roller({ database, keepDays: ROLLUP_DAYS });
  const count = async (): Promise<string | undefined> => {
    await rollAll(roller);
    const now = BigInt(Date.now()) * 1_000_000n;
    const reach = await rollupReach(database, TIMEOUT_MS);
    // So near that nothing is read from the spans.
    assert.ok(reach.behind <= 20, `${reach.behind} s behind`);
    const asked = { from: unixNs(now - HOUR_NS), to: unixNs(now), timeoutMs: TIMEOUT_MS };
    const [path] = await pathList(database, { ...wholeBuckets(asked, reach), limit: 10 });
    return path?.deliveries;
  };
  const publishedNow = async (name: string): Promise<void> => {
    const messages = [{ name, at: BigInt(Date.now()) * 1_000_000n }];
    await store.insert('traces', `p${name}`, publishes(messages));
    await store.insert('traces', `h${name}`, handlers(messages, { delayMs: 1, handleMs: () => 1 }));
  };
  await publishedNow('a');
  assert.equal(await count(), '1');
  await publishedNow('b');
  assert.equal(await count(), '2');
  const far = { from: unixNs(9_000_000_000_000_000_000n), to: unixNs(9_100_000_000_000_000_000n) };
  const reach = await rollupReach(database, TIMEOUT_MS);
  const ahead = { ...far, timeoutMs: TIMEOUT_MS, reach };
  assert.deepEqual(await attempts(store, { ...ahead, isExact: true }), { slowest: [], took: [] });
});

test('the same input five times over changes nothing, whenever it comes', async () => {
  await using store = await temporaryDatabase();
  const messages = messagesOver(1n, 300);
  const roller = makeRoller(store);
  const send = async (delivery: string): Promise<void> => {
    await store.insert(
      'traces',
      `h${delivery}`,
      handlers(messages, { delayMs: 5, handleMs: spread }),
    );
    await store.insert('traces', `p${delivery}`, publishes(messages));
    await rollAll(roller);
  };
  await send('0');
  const bounds = await rolledBounds(store, 2n);
  const once = await answers(store, bounds);
  assert.equal(once.paths[0]?.deliveries, '300');
  for (const delivery of ['1', '2', '3', '4', '5']) {
    await send(delivery);
    assert.deepEqual(await answers(store, bounds), once);
  }
});

test('a handler hours late, by parent or by link, or before its publish, still counts', async () => {
  await using store = await temporaryDatabase();
  const until = NOW - 3n * HOUR_NS;
  const early = messagesOver(1n, 100, { until, name: 'early' });
  const late = messagesOver(1n, 100, { until, name: 'late' });
  // More than one statement takes.
  const linked = messagesOver(1n, 6_000, { until, name: 'linked' });
  const roller = makeRoller(store);
  const count = async (): Promise<number> => {
    await rollAll(roller);
    return await deliveriesOf(store, 5n);
  };
  const delayMs = 2 * 3_600_000;
  await store.insert('traces', '1', handlers(early, { delayMs: 5, handleMs: spread }));
  assert.equal(await count(), 0);
  await store.insert('traces', '2', publishes([...early, ...late, ...linked]));
  assert.equal(await count(), 100);
  await store.insert('traces', '3', handlers(late, { delayMs, handleMs: spread }));
  assert.equal(await count(), 200);
  await store.insert('traces', '4', handlers(linked, { delayMs, handleMs: spread, linked: true }));
  assert.equal(await count(), 6_200);
});

test('a roller that ended before it computed what came is no loss: the next one finds it', async () => {
  await using store = await temporaryDatabase();
  const [first, second] = ['a', 'b'].map((name) => messagesOver(2n, 200, { name })) as [
    Published[],
    Published[],
  ];
  await store.insert('traces', '1', publishes([...first, ...second]));
  await store.insert('traces', '2', handlers(first, { delayMs: 5, handleMs: spread }));
  await rollAll(makeRoller(store));
  assert.equal(await deliveriesOf(store, 3n), 200);
  await store.insert('traces', '3', handlers(second, { delayMs: 5, handleMs: spread }));
  const stop = new AbortController();
  const { database } = store;
  const interrupted = new Roller({ database, keepDays: ROLLUP_DAYS, signal: stop.signal });
  const query = database.query.bind(database);
  // As a kill would: what is new was found, nothing of it is computed.
  database.query = async (statement) => {
    if (statement.tag.startsWith('roll-')) stop.abort(new Error('killed'));
    return await query(statement);
  };
  await assert.rejects(rollAll(interrupted), /killed/);
  database.query = query;
  await rollAll(makeRoller(store));
  assert.equal(await deliveriesOf(store, 3n), 400);
});

test('what came in more seconds than a statement can name is found look by look', async () => {
  await using store = await temporaryDatabase();
  const roller = makeRoller(store);
  await rollAll(roller);
  // A message a second; the engine takes 256 KiB of text, in which a second is 13 bytes.
  const seconds = 6 * 3600;
  const messages = messagesOver(6n, seconds, { until: NOW - HOUR_NS });
  await store.insert('traces', 'p', publishes(messages));
  await store.insert('traces', 'h', handlers(messages, { delayMs: 5, handleMs: spread }));
  // As if each had come in a second of its own while nobody rolled.
  await store.database.query({
    tag: 'test',
    sql: `ALTER TABLE spans UPDATE inserted = inserted + toUnixTimestamp(start) % ${seconds} WHERE 1
      SETTINGS mutations_sync = 1`,
    params: {},
    maxRows: 0,
    timeoutMs: TIMEOUT_MS,
    background: true,
  });
  await rollAll(roller);
  assert.equal(await deliveriesOf(store, 8n), seconds);
});
