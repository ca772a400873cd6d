import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { tempDir, waitFor } from '@hopline/testkit';
import { frames, lengthPrefix } from './frames.ts';
import { openJournal, spansRequest, takeAll } from './journal.fixture.ts';
import type { Journal } from './journal.ts';

const append = (journal: Journal, count: number) =>
  journal.append('traces', spansRequest(count), count);

const sealed = (journal: Journal, count: number) =>
  waitFor(() => journal.stats.sealedSegments === count, { message: `${count} sealed segments` });

test('frames: a length before each record, a torn one is left out', () => {
  const records = [1, 127, 128, 300].map((size) => Buffer.alloc(size, size));
  const whole = Buffer.concat(records.flatMap((record) => [lengthPrefix(record.length), record]));
  for (const cut of [0, 1, 150, whole.length]) {
    const read = [...frames(whole.subarray(0, whole.length - cut), 'length')];
    const kept = cut === 0 ? 4 : cut === whole.length ? 0 : 3;
    assert.deepEqual(
      read.map(({ bodyFrom, bodyTo }) => whole.subarray(bodyFrom, bodyTo)),
      records.slice(0, kept),
    );
  }
  const lines = Buffer.from('{"a":1}\n{"b":2}\n{"c"');
  const texts = [...frames(lines, 'line')].map((f) => `${lines.subarray(f.bodyFrom, f.bodyTo)}`);
  assert.deepEqual(texts, ['{"a":1}', '{"b":2}']);
});

describe('a segment', () => {
  test('holds the requests as they came, in order, and is named with its items', async () => {
    await using folder = await tempDir();
    await using journal = await openJournal(folder.path);
    const requests = [1, 2, 3].map(spansRequest);
    const outcomes = await Promise.all(
      requests.map((bytes, index) => journal.append('traces', bytes, index + 1)),
    );
    assert.deepEqual(outcomes, Array(3).fill({ status: 'stored' }));
    await journal.seal();
    const [segment, ...others] = await takeAll(journal);
    assert.deepEqual(others, []);
    assert.equal(segment!.items, 6);
    const bytes = await readFile(segment!.path);
    const read = [...frames(bytes, 'length')].map((f) => bytes.subarray(f.bodyFrom, f.bodyTo));
    assert.deepEqual(read, requests);
    assert.equal(journal.stats.sealedBytes, bytes.length);
  });

  test('of rows is one JSON object a line', async () => {
    await using folder = await tempDir();
    await using journal = await openJournal(folder.path);
    await journal.appendRows('hops', [{ a: 1 }, { text: 'line\nbreak' }]);
    await journal.seal();
    const [segment] = await takeAll(journal);
    assert.equal(segment!.items, 2);
    assert.equal(await readFile(segment!.path, 'utf8'), '{"a":1}\n{"text":"line\\nbreak"}\n');
  });

  test('is sealed at its number of items, its bytes, its age', async () => {
    await using folder = await tempDir();
    const itemsOfSegments = async (options: object, name: string): Promise<number[]> => {
      await using journal = await openJournal(join(folder.path, name), options);
      for (let i = 0; i < 7; i++) await append(journal, 10);
      await journal.seal();
      return (await takeAll(journal)).map((segment) => segment.items);
    };
    assert.deepEqual(await itemsOfSegments({ segmentSpans: 20 }, 'items'), [20, 20, 20, 10]);
    const segmentBytes = 3 * spansRequest(10).length;
    assert.deepEqual(await itemsOfSegments({ segmentBytes }, 'bytes'), [30, 30, 10]);
    await using journal = await openJournal(join(folder.path, 'age'), { segmentAgeMs: 30 });
    await append(journal, 1);
    await sealed(journal, 1);
  });

  test('of traces is sealed at half the age of the others', async () => {
    await using folder = await tempDir();
    await using journal = await openJournal(folder.path, { segmentAgeMs: 200 });
    await journal.appendRows('hops', [{}]);
    await append(journal, 1);
    await sealed(journal, 2);
    const signals = (await takeAll(journal)).map((segment) => segment.signal);
    assert.deepEqual(signals, ['traces', 'hops']);
  });

  test('grows past its age while the one before it is not stored', async () => {
    await using folder = await tempDir();
    await using journal = await openJournal(folder.path, { segmentAgeMs: 20 });
    await append(journal, 1);
    await sealed(journal, 1);
    const [first] = await takeAll(journal);
    await append(journal, 2);
    await sleep(100);
    await append(journal, 3);
    assert.equal(journal.stats.sealedSegments, 1);
    await journal.remove(first!);
    await sealed(journal, 1);
    const [second] = await takeAll(journal);
    assert.equal(second!.items, 5);
  });

  test('does not grow by a whole group: many at once fill many segments', async () => {
    await using folder = await tempDir();
    await using journal = await openJournal(folder.path, { segmentSpans: 20 });
    await Promise.all(Array.from({ length: 50 }, () => append(journal, 10)));
    await sealed(journal, 25);
    const items = (await takeAll(journal)).map((segment) => segment.items);
    assert.deepEqual(items, Array(25).fill(20));
  });

  test('has an id that comes once and sorts by time', async () => {
    await using folder = await tempDir();
    await using journal = await openJournal(folder.path, { segmentSpans: 1 });
    for (let i = 0; i < 20; i++) await append(journal, 1);
    await sealed(journal, 20);
    const ids = (await takeAll(journal)).map((segment) => segment.id);
    assert.equal(new Set(ids).size, 20);
    assert.deepEqual([...ids].sort(), ids);
  });
});

describe('bounds', () => {
  test('an empty request is stored without an append', async () => {
    await using folder = await tempDir();
    await using journal = await openJournal(folder.path);
    assert.deepEqual(await append(journal, 0), { status: 'stored' });
    await journal.seal();
    assert.deepEqual(await readdir(join(folder.path, 'journal', 'traces')), []);
  });

  test('full: retry, until a segment is removed', async () => {
    await using folder = await tempDir();
    const size = spansRequest(10).length + 2;
    await using journal = await openJournal(folder.path, { maxBytes: 3 * size, segmentSpans: 10 });
    const statuses = async (): Promise<string[]> =>
      (await Promise.all(Array.from({ length: 5 }, () => append(journal, 10)))).map(
        (o) => o.status,
      );
    assert.deepEqual(await statuses(), ['stored', 'stored', 'stored', 'retry', 'retry']);
    const segment = await journal.take(AbortSignal.timeout(1000));
    await journal.remove(segment!);
    assert.deepEqual(await statuses(), ['stored', 'retry', 'retry', 'retry', 'retry']);
  });

  test('closed: retry; what was on its way is sealed', async () => {
    await using folder = await tempDir();
    const journal = await openJournal(folder.path);
    const onItsWay = append(journal, 5);
    await journal[Symbol.asyncDispose]();
    assert.equal((await onItsWay).status, 'stored');
    assert.equal((await append(journal, 1)).status, 'retry');
    assert.equal(journal.stats.sealedSegments, 1);
  });

  test('a waiting take ends when it is stopped, and gets what comes', async () => {
    await using folder = await tempDir();
    await using journal = await openJournal(folder.path, { segmentSpans: 1 });
    const stop = new AbortController();
    const taking = journal.take(stop.signal);
    await append(journal, 1);
    assert.equal((await taking)!.items, 1);
    const waiting = journal.take(stop.signal);
    stop.abort();
    assert.equal(await waiting, null);
  });
});

describe('the next run', () => {
  test('takes over sealed and open segments under their ids, without the torn tail', async () => {
    await using folder = await tempDir();
    const first = await openJournal(folder.path, { segmentSpans: 10 });
    await append(first, 10);
    await append(first, 3);
    await first.appendRows('hops', [{ a: 1 }, { b: 2 }]);
    // As after kill -9: the first journal is left as it is, with half a record at its ends.
    const lane = join(folder.path, 'journal', 'traces');
    const openName = (await readdir(lane)).find((name) => name.endsWith('.open'))!;
    const openBytes = await readFile(join(lane, openName));
    const torn = Buffer.concat([lengthPrefix(2000), spansRequest(4).subarray(0, 500)]);
    await appendFile(join(lane, openName), torn);
    const hops = join(folder.path, 'journal', 'hops');
    await appendFile(join(hops, (await readdir(hops))[0]!), '{"torn":');

    await using second = await openJournal(folder.path);
    const segments = await takeAll(second);
    assert.deepEqual(
      segments.map(({ signal, items }) => [signal, items]),
      [
        ['traces', 10],
        ['traces', 3],
        ['hops', 2],
      ],
    );
    assert.equal(segments[1]!.id, openName.replace('.open', ''));
    assert.deepEqual(await readFile(segments[1]!.path), openBytes);
    assert.equal(await readFile(segments[2]!.path, 'utf8'), '{"a":1}\n{"b":2}\n');
    const { sealedBytes, openBytes: stillOpen } = second.stats;
    assert.equal(
      sealedBytes,
      segments.reduce((sum, one) => sum + one.sizeBytes, 0),
    );
    assert.equal(stillOpen, 0);
  });

  test('throws away segments without a whole record, and pieces of a refused one', async () => {
    await using folder = await tempDir();
    await using first = await openJournal(folder.path);
    const lane = join(folder.path, 'journal', 'traces');
    await writeFile(join(lane, '1-2-3.open'), '');
    await writeFile(join(lane, '1-2-4.open'), Buffer.from([0x90, 0x4e, 1, 2, 3]));
    await writeFile(join(lane, '1-2-5.7.sealed.0-2.part'), 'x');
    assert.equal(first.stats.sealedSegments, 0);
    await using second = await openJournal(folder.path);
    assert.equal(second.stats.sealedSegments, 0);
    assert.deepEqual(await readdir(lane), []);
  });
});
