import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir, waitFor } from '@hopline/testkit';
import fc from 'fast-check';
import type { Statement } from '../database.ts';
import { QueryFailed, QueryTimeout, QueryTooLarge, StoreUnavailable } from '../errors.ts';
import { createChdbDatabase } from './driver.ts';
import { storeOptions, temporaryDatabase } from './temporary-database.ts';

const statement = (sql: string, more: Partial<Statement> = {}): Statement => ({
  sql,
  params: {},
  tag: 'test',
  maxRows: 100,
  timeoutMs: 20_000,
  ...more,
});

/** Takes the engine far longer than any test: a kill must end it. */
const ENDLESS = 'SELECT count() FROM numbers_mt(1000000000000) WHERE sipHash64(number) = 7';

const HOSTILE = [
  '',
  "'",
  '"',
  '\\',
  "\\'",
  "'); DROP TABLE spans; --",
  "a\\'; DROP TABLE spans; --",
  'tab\there\nline\r\nbreak\b\f',
  'nul\0byte',
  '\\0\\n\\t\\N',
  '\\N',
  'snow ☃ and 😀',
  '{x:String}',
  '%_*?',
  '/* job:1; */',
  ';\n\nDROP TABLE spans',
];

test('values come back as they were bound, whatever they hold', async () => {
  await using store = await temporaryDatabase();
  const echo = async (value: string): Promise<unknown> => {
    const sql = 'SELECT {x:String} AS one, {xs:Array(String)} AS many, length({x:String}) AS size';
    const params = { x: value, xs: [value, 'and', value] };
    const [row] = await store.database.query(statement(sql, { params }));
    return row;
  };
  const expected = (value: string): object => ({
    one: value,
    many: [value, 'and', value],
    size: String(Buffer.byteLength(value)),
  });
  for (const value of HOSTILE) {
    assert.deepEqual(await echo(value), expected(value), JSON.stringify(value));
  }
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (value) => {
      assert.deepEqual(await echo(value), expected(value));
    }),
    { numRuns: 200 },
  );
  assert.equal(
    (await store.select('SELECT 1 FROM system.tables WHERE name = $$spans$$')).length,
    1,
  );
});

test('numbers of every size are exact', async () => {
  await using store = await temporaryDatabase();
  const sql =
    'SELECT {a:UInt64} AS a, {b:Int64} AS b, {c:Float64} AS c, {d:UInt8} AS d, {e:Bool} AS e';
  const params = { a: 2n ** 64n - 1n, b: -(2n ** 63n), c: 0.1, d: 255, e: true };
  assert.deepEqual(await store.database.query(statement(sql, { params })), [
    { a: '18446744073709551615', b: '-9223372036854775808', c: 0.1, d: 255, e: true },
  ]);
});

test('a place without a value is refused, even when an earlier query had one', async () => {
  await using store = await temporaryDatabase({ readers: 1 });
  await store.database.query(statement('SELECT {x:String} AS x', { params: { x: 'old' } }));
  await assert.rejects(store.database.query(statement('SELECT {x:String} AS x')), QueryFailed);
  const bad = store.database.query(statement('SELECT 1', { params: { 'x = 1; --': 'y' } }));
  await assert.rejects(bad, QueryFailed);
});

test('queries at once on few sessions each get their own values', async () => {
  await using store = await temporaryDatabase({ readers: 3 });
  const answers = await Promise.all(
    Array.from({ length: 120 }, (_, index) =>
      store.database.query<{ x: string }>(
        statement('SELECT {x:UInt64} AS x', { params: { x: index } }),
      ),
    ),
  );
  assert.deepEqual(
    answers.map(([row]) => row?.x),
    Array.from({ length: 120 }, (_, index) => String(index)),
  );
});

test('a question cannot change anything', async () => {
  await using store = await temporaryDatabase();
  for (const sql of [
    'DROP TABLE spans',
    'INSERT INTO hops (raw) VALUES (1)',
    'CREATE TABLE x (a Int8)',
  ]) {
    await assert.rejects(store.database.query(statement(sql)), QueryFailed, sql);
  }
});

test('more rows than allowed are an error', async () => {
  await using store = await temporaryDatabase();
  const rows = (limit: number): Promise<unknown[]> =>
    store.database.query(statement(`SELECT number FROM numbers(${limit})`, { maxRows: 10 }));
  assert.equal((await rows(10)).length, 10);
  await assert.rejects(rows(11), QueryTooLarge);
});

test('a query past its time is told so, stopped in the engine, and its session is used again', async () => {
  await using store = await temporaryDatabase({ readers: 1 });
  await assert.rejects(
    store.database.query(statement(ENDLESS, { timeoutMs: 300 })),
    (error) => error instanceof QueryTimeout && error.timeoutMs === 300,
  );
  assert.deepEqual(await store.select('SELECT 1 AS one'), [{ one: 1 }]);
});

test('an aborted query ends in the engine too', async () => {
  await using store = await temporaryDatabase({ readers: 1 });
  const stop = new AbortController();
  const asked = store.database.query(statement(ENDLESS, { signal: stop.signal }));
  const gone = assert.rejects(asked, /the reader went away/);
  stop.abort(new Error('the reader went away'));
  await gone;
  assert.deepEqual(await store.select('SELECT 1 AS one'), [{ one: 1 }]);
});

test('a query that needs too much memory fails alone', async () => {
  await using store = await temporaryDatabase({ maxMemoryBytes: 300 * 1024 ** 2 });
  const sql = 'SELECT groupArray(toString(number)) AS all FROM numbers(50000000)';
  await assert.rejects(store.database.query(statement(sql)), StoreUnavailable);
  assert.deepEqual(await store.select('SELECT 1 AS one'), [{ one: 1 }]);
});

test('a killed engine: what runs is told to try later, then it answers again', async () => {
  await using store = await temporaryDatabase();
  const { database } = store;
  const running = database.query(statement(ENDLESS));
  const told = assert.rejects(running, StoreUnavailable);
  const pid = database.enginePid!;
  process.kill(pid, 'SIGKILL');
  await told;
  await assert.rejects(database.query(statement('SELECT 1')), StoreUnavailable);
  assert.notEqual(database.state, 'ready');
  await waitFor(() => database.state === 'ready', { message: 'a new engine', timeoutMs: 60_000 });
  assert.notEqual(database.enginePid, pid);
  assert.deepEqual(await store.select('SELECT 1 AS one'), [{ one: 1 }]);
});

test('a question asked before the schema is in place waits for it', async () => {
  await using directory = await tempDir('driver');
  await using database = await createChdbDatabase(storeOptions(directory.path));
  await waitFor(() => database.state === 'ready', { message: 'the engine', timeoutMs: 60_000 });
  const early = database.query(statement('SELECT count() AS spans FROM spans'));
  const impatient = database.query(statement('SELECT 1', { timeoutMs: 1 }));
  await assert.rejects(impatient, StoreUnavailable);
  await database.migrate();
  assert.deepEqual(await early, [{ spans: '0' }]);
});

test('a second store on the same directory waits until the first has gone', async () => {
  const first = await temporaryDatabase();
  const second = await createChdbDatabase(storeOptions(first.dataDir));
  await using _ = second;
  const reasons: string[] = [];
  try {
    await waitFor(() => second.state === 'down', {
      message: 'the second engine refused',
      timeoutMs: 60_000,
    });
    await second
      .query(statement('SELECT 1'))
      .catch((error: unknown) => reasons.push((error as Error).message));
    assert.match(reasons[0] ?? '', /lock/i);
    await first.database[Symbol.asyncDispose]();
    await waitFor(() => second.state === 'ready', {
      message: 'the second engine open',
      timeoutMs: 60_000,
    });
    await second.migrate();
    assert.deepEqual(await second.query(statement('SELECT 1 AS one')), [{ one: 1 }]);
  } finally {
    await second[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
  }
});

test('after it was closed it answers nothing, and its process is gone', async () => {
  const store = await temporaryDatabase();
  const pid = store.database.enginePid!;
  await store[Symbol.asyncDispose]();
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  await assert.rejects(store.database.query(statement('SELECT 1')), StoreUnavailable);
});

test('a directory with blanks and quotes works; one that reads as a pattern is refused', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'hopline-'));
  try {
    const odd = join(parent, `it's a "store" 100% [1] ☃`);
    await mkdir(odd);
    {
      await using store = await temporaryDatabase({ dataDir: odd });
      assert.deepEqual(await store.insert('hops', 'none', ''), { status: 'stored' });
    }
    assert.deepEqual(await readdir(parent), []);
    const pattern = createChdbDatabase(storeOptions(join(parent, 'a{b,c}*')));
    await assert.rejects(pattern, /patterns/);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
});
