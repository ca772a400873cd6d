import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Signal } from '@hopline/model';
import { waitFor } from '@hopline/testkit';
import { type TemporaryDatabase, temporaryDatabase } from '../chdb/temporary-database.ts';
import type { InsertOutcome } from '../database.ts';
import { StoreUnavailable } from '../errors.ts';
import { attributes, encodeRequest } from './otlp-fixture.ts';

const DAY_NS = 86_400_000_000_000n;
const NOW = BigInt(Date.now()) * 1_000_000n;

const spanRequest = (count: number, at = NOW, name = 'x'): Uint8Array =>
  encodeRequest('traces', {
    resource_spans: [
      {
        scope_spans: [
          {
            spans: Array.from({ length: count }, (_, index) => ({
              start_time_unix_nano: (at + BigInt(index)).toString(),
              name,
              attributes: attributes({ index: BigInt(index) }),
            })),
          },
        ],
      },
    ],
  });

const SEGMENTS: Record<Signal, { table: string; bytes: Uint8Array | string }> = {
  traces: { table: 'spans', bytes: spanRequest(3) },
  logs: {
    table: 'logs',
    bytes: encodeRequest('logs', {
      resource_logs: [{ scope_logs: [{ log_records: [{ time_unix_nano: NOW.toString() }] }] }],
    }),
  },
  metrics: {
    table: 'metrics',
    bytes: encodeRequest('metrics', {
      resource_metrics: [
        {
          scope_metrics: [
            {
              metrics: [
                {
                  name: 'm',
                  gauge: { data_points: [{ time_unix_nano: NOW.toString(), as_int: '1' }] },
                },
              ],
            },
          ],
        },
      ],
    }),
  },
  hops: { table: 'hops', bytes: `{"time":"${NOW}","server_id":"a"}\n` },
  advisories: { table: 'advisories', bytes: `{"time":"${NOW}","id":"a"}\n` },
  events: { table: 'cluster_events', bytes: `{"time":"${NOW}","id":"a"}\n` },
  assets: { table: 'assets', bytes: `{"time":"${NOW}","kind":"stream"}\n` },
};

const count = async (store: TemporaryDatabase, table: string): Promise<number> => {
  const [row] = await store.select<{ n: string }>(`SELECT count() AS n FROM ${table}`);
  return Number(row?.n);
};

test('a segment inserted again, on whichever session, is stored once', async () => {
  await using store = await temporaryDatabase();
  for (const [signal, { table, bytes }] of Object.entries(SEGMENTS)) {
    const insert = (): Promise<InsertOutcome> =>
      store.insert(signal as Signal, `${signal}-1`, bytes);
    // Two at once first: that is also how the engine meets each format for the first time.
    for (const outcome of [...(await Promise.all([insert(), insert()])), await insert()]) {
      assert.deepEqual(outcome, { status: 'stored' });
    }
    assert.equal(await count(store, table), table === 'spans' ? 3 : 1, table);
  }
  // The same bytes under another id are other data.
  await store.insert('traces', 'traces-2', SEGMENTS.traces.bytes);
  assert.equal(await count(store, 'spans'), 6);
});

test('a segment over several days is stored once, wherever its rows go', async () => {
  await using store = await temporaryDatabase();
  const bytes = Buffer.concat([0n, 1n, 2n, 3n].map((days) => spanRequest(10, NOW - days * DAY_NS)));
  for (let time = 0; time < 2; time++) {
    assert.deepEqual(await store.insert('traces', 'days', bytes), { status: 'stored' });
    assert.equal(await count(store, 'spans'), 40);
  }
});

test('a segment far larger than usual is still one block, so still stored once', async () => {
  await using store = await temporaryDatabase();
  const request = spanRequest(512);
  const bytes = Buffer.concat(Array.from({ length: 400 }, () => request));
  for (let time = 0; time < 2; time++) {
    assert.deepEqual(await store.insert('traces', 'large', bytes), { status: 'stored' });
    assert.equal(await count(store, 'spans'), 400 * 512);
  }
});

test('a poisoned segment is refused as a whole; its sound requests pass alone', async () => {
  await using store = await temporaryDatabase();
  const good = spanRequest(4);
  const cut = good.slice(0, -3);
  const poisons: Record<string, Uint8Array> = {
    'cut short': Buffer.concat([good, cut]),
    'length past the end': Buffer.concat([good, Uint8Array.of(0xff, 0xff, 0x03, 1, 2)]),
    'length that never ends': Buffer.concat([good, new Uint8Array(11).fill(0xff)]),
    'wrong wire type': Buffer.concat([good, Uint8Array.of(4, 0x0b, 0x0b, 0x0b, 0x0b)]),
    'text where numbers are due': Buffer.concat([good, Buffer.from('\n\nDROP TABLE spans\n\n')]),
  };
  for (const [name, bytes] of Object.entries(poisons)) {
    const outcome = await store.insert('traces', name, bytes);
    assert.equal(outcome.status, 'refused', name);
    assert.match((outcome as { reason: string }).reason, /\w/);
  }
  assert.equal(await count(store, 'spans'), 0);
  assert.deepEqual(await store.insert('traces', 'alone', good), { status: 'stored' });
  assert.equal(await count(store, 'spans'), 4);
});

test('a segment whose file is missing is an error of ours, not of the data', async () => {
  await using store = await temporaryDatabase();
  const path = join(store.dataDir, 'gone');
  await assert.rejects(store.database.insert({ signal: 'traces', path, id: 'gone' }), /gone/);
});

test('ids and paths with quotes and line ends do no harm', async () => {
  await using store = await temporaryDatabase();
  const path = join(store.dataDir, "it's\n\nDROP TABLE spans; --\\ ☃");
  await writeFile(path, spanRequest(2));
  const id = "'), ('x\\";
  for (let time = 0; time < 2; time++) {
    assert.deepEqual(await store.database.insert({ signal: 'traces', path, id }), {
      status: 'stored',
    });
  }
  assert.equal(await count(store, 'spans'), 2);
  await rm(path);
});

test('when the engine is out of memory the segment may be tried again later', async () => {
  // Each segment takes less than one statement may, eight at once far more than the engine may.
  await using store = await temporaryDatabase({ maxMemoryBytes: 320 * 1024 ** 2, writers: 8 });
  const request = spanRequest(512, NOW, 'x'.repeat(2000));
  const segment = Buffer.concat(Array.from({ length: 40 }, () => request));
  let segments = 0;
  const insertAtOnce = async (): Promise<{ id: string; error: Error } | null> => {
    const ids = Array.from({ length: 8 }, () => `large-${segments++}`);
    const outcomes = await Promise.all(
      ids.map((id) =>
        store.insert('traces', id, segment).then(
          () => null,
          (error: Error) => ({ id, error }),
        ),
      ),
    );
    return outcomes.find((outcome) => outcome !== null) ?? null;
  };
  const failed = await waitFor(insertAtOnce, {
    message: 'an insert that fails for lack of memory',
    timeoutMs: 60_000,
  });
  assert.ok(failed.error instanceof StoreUnavailable, String(failed.error));
  assert.match(failed.error.message, /memory/);
  assert.deepEqual(await store.insert('traces', failed.id, segment), { status: 'stored' });
});
