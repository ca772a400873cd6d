import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { tempDir, waitFor } from '@hopline/testkit';
import {
  type Database,
  type InsertOutcome,
  type Segment,
  StoreUnavailable,
} from '../store/store.ts';
import { frames } from './frames.ts';
import { openJournal, recordingObserver } from './journal.fixture.ts';
import type { Journal } from './journal.ts';
import { Loader } from './loader.ts';
import { SetAside } from './set-aside.ts';

/** A store that fails as it is told: the real one stands in start/crash.int.test.ts and poison.int.test.ts. */
class FailingStore {
  state: Database['state'] = 'ready';
  readonly inserted: Segment[] = [];
  readonly stored: string[] = [];
  atOnce = 0;
  maxAtOnce = 0;
  answer: (records: string[], segment: Segment) => InsertOutcome | Error = () => ({
    status: 'stored',
  });

  async insert(segment: Segment): Promise<InsertOutcome> {
    this.inserted.push(segment);
    this.maxAtOnce = Math.max(this.maxAtOnce, ++this.atOnce);
    const bytes = await readFile(segment.path);
    const records = [...frames(bytes, 'length')].map(
      (f) => `${bytes.subarray(f.bodyFrom, f.bodyTo)}`,
    );
    this.atOnce--;
    const answer = this.answer(records, segment);
    if (answer instanceof Error) throw answer;
    if (answer.status === 'stored') this.stored.push(...records);
    return answer;
  }
}

interface Fixture extends AsyncDisposable {
  store: FailingStore;
  journal: Journal;
  loader: Loader;
  told: unknown[][];
  asideFolder: string;
  lane: string;
  /** One segment with these records. */
  segment(...records: string[]): Promise<void>;
}

async function fixture(writers = 1, maxSetAside = 100): Promise<Fixture> {
  const folder = await tempDir('loader');
  const journal = await openJournal(folder.path);
  const { observer, told } = recordingObserver();
  const asideFolder = join(folder.path, 'set-aside');
  const setAside = await SetAside.open(asideFolder, maxSetAside);
  const store = new FailingStore();
  const loader = new Loader({
    journal,
    database: store,
    setAside,
    observer,
    writers,
    waits: { firstMs: 1, lastMs: 10 },
  });
  return {
    store,
    journal,
    loader,
    told,
    asideFolder,
    lane: join(folder.path, 'journal', 'traces'),
    async segment(...records) {
      for (const record of records) await journal.append('traces', Buffer.from(record), 1);
      await journal.seal();
    },
    async [Symbol.asyncDispose]() {
      await loader[Symbol.asyncDispose]();
      await journal[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const empty = (journal: Journal) =>
  waitFor(() => journal.stats.sealedSegments === 0, { message: 'an empty journal' });

test('segments are stored in order, told and deleted', async () => {
  await using f = await fixture();
  await f.segment('a', 'b');
  await f.segment('c');
  assert.deepEqual(f.store.inserted, [], 'it waits for start');
  f.loader.start();
  await empty(f.journal);
  assert.deepEqual(f.store.stored, ['a', 'b', 'c']);
  assert.deepEqual(
    f.told.map(([name, signal, items]) => [name, signal, items]),
    [
      ['stored', 'traces', 2],
      ['stored', 'traces', 1],
    ],
  );
  assert.deepEqual(await readdir(f.lane), []);
});

test('so many at once as there are writers', async () => {
  await using f = await fixture(3);
  for (let i = 0; i < 20; i++) await f.segment(`${i}`);
  f.loader.start();
  await empty(f.journal);
  assert.equal(f.store.maxAtOnce, 3);
  assert.equal(f.store.stored.length, 20);
});

describe('a store that is not there', () => {
  test('is tried again, the same segment under the same id, and nothing is set aside', async () => {
    await using f = await fixture();
    let failures = 0;
    f.store.state = 'down';
    f.store.answer = () =>
      ++failures > 20 ? { status: 'stored' } : new StoreUnavailable('restarting');
    await f.segment('a');
    f.loader.start();
    await empty(f.journal);
    assert.equal(new Set(f.store.inserted.map((one) => one.id)).size, 1);
    assert.deepEqual(await readdir(f.asideFolder), []);
    assert.ok(f.told.some(([name]) => name === 'trouble'));
  });

  test('closing does not wait for it; the segment stays for the next run', async () => {
    await using f = await fixture();
    f.store.state = 'down';
    f.store.answer = () => new StoreUnavailable('down');
    await f.segment('a');
    f.loader.start();
    await waitFor(() => f.store.inserted.length > 0, { message: 'an attempt' });
    await f.loader.drain(60_000);
    await f.loader[Symbol.asyncDispose]();
    assert.equal((await readdir(f.lane)).length, 1);
  });

  test('drain waits for a store that works, no longer than it is told', async () => {
    await using f = await fixture();
    await f.segment('a');
    f.loader.start();
    await f.loader.drain(10_000);
    assert.deepEqual(f.store.stored, ['a']);
    f.store.answer = () => new StoreUnavailable('busy');
    await f.segment('b');
    const startedAt = performance.now();
    await f.loader.drain(50);
    assert.ok(performance.now() - startedAt < 5000);
  });
});

describe('a refused segment', () => {
  const refuse =
    (...bad: string[]) =>
    (records: string[]): InsertOutcome =>
      records.some((record) => bad.includes(record))
        ? { status: 'refused', reason: `bad: ${records}` }
        : { status: 'stored' };

  test('is stored but for its bad requests, each once; those are set aside with the reason', async () => {
    await using f = await fixture();
    f.store.answer = refuse('c', 'g');
    await f.segment(...'abcdefgh');
    f.loader.start();
    await empty(f.journal);
    assert.equal([...f.store.stored].sort().join(''), 'abdefh');
    const names = (await readdir(f.asideFolder)).sort();
    assert.equal(names.length, 4);
    assert.match(names[0]!, /^traces-\d+-\d+-\w+-2$/);
    assert.equal(await readFile(join(f.asideFolder, names[0]!), 'utf8'), 'c');
    assert.equal(await readFile(join(f.asideFolder, names[1]!), 'utf8'), 'bad: c\n');
    assert.deepEqual(await readdir(f.lane), []);
    const aside = f.told.filter(([name]) => name === 'setAside');
    assert.deepEqual(
      aside.map(([, signal, , reason]) => [signal, reason]),
      [
        ['traces', 'bad: c'],
        ['traces', 'bad: g'],
      ],
    );
  });

  test('has parts with ids of their own that a second attempt repeats', async () => {
    await using f = await fixture();
    let isDown = false;
    f.store.answer = (records, segment) => {
      // The store goes away in the middle of the parts, once.
      if (!isDown && segment.id.endsWith('-2-4')) {
        isDown = true;
        return new StoreUnavailable('gone');
      }
      return refuse('b')(records);
    };
    await f.segment(...'abcd');
    f.loader.start();
    await empty(f.journal);
    const ids = f.store.inserted.map((one) => one.id.split('-').slice(3).join('-'));
    const attempt = ['', '0-2', '0-1', '1-2', '2-4'];
    assert.deepEqual(ids, [...attempt, ...attempt]);
  });

  test('alone: set aside at once', async () => {
    await using f = await fixture();
    f.store.answer = refuse('a');
    await f.segment('a');
    f.loader.start();
    await empty(f.journal);
    assert.equal(f.store.inserted.length, 1);
    assert.equal((await readdir(f.asideFolder)).length, 2);
  });

  test('past the bound the oldest are deleted', async () => {
    await using f = await fixture(1, 2);
    f.store.answer = refuse(...'abcd');
    await f.segment(...'abcd');
    f.loader.start();
    await empty(f.journal);
    const kept = (await readdir(f.asideFolder)).filter((name) => !name.endsWith('.reason.txt'));
    assert.deepEqual(kept.map((name) => name.slice(-1)).sort(), ['2', '3']);
  });
});

test('a segment on which the engine dies again and again is taken apart like a refused one', async () => {
  await using f = await fixture();
  f.store.answer = (records) => {
    f.store.state = 'ready';
    if (!records.includes('b')) return { status: 'stored' };
    return new TypeError('the engine cannot say why');
  };
  await f.segment('a', 'b');
  f.loader.start();
  await empty(f.journal);
  assert.ok(f.store.stored.includes('a'));
  const [name, reason] = (await readdir(f.asideFolder)).sort();
  assert.equal(await readFile(join(f.asideFolder, name!), 'utf8'), 'b');
  assert.match(await readFile(join(f.asideFolder, reason!), 'utf8'), /failed on it 5 times/);
});
