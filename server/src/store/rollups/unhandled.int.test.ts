import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unixNs } from '@hopline/model';
import { hopRow } from '../../api/story-fixture.ts';
import { temporaryDatabase } from '../chdb/temporary-database.ts';
import { unhandledMessages } from '../queries/paths/unhandled-messages.ts';
import { ROLLUP_DAYS } from './levels.ts';
import { handlers, publishes } from './messages-fixture.ts';
import { wholeBuckets } from './range.ts';
import { rollupReach } from './reach.ts';
import { Roller } from './roller.ts';

const MINUTE_NS = 60_000_000_000n;
const NOW = BigInt(Date.now()) * 1_000_000n;
const TIMEOUT_MS = 60_000;

test('what nobody took is counted: after a late handler, after the same input again, and without raw spans', async () => {
  await using store = await temporaryDatabase();
  const { database } = store;
  // Each look is long after the one before: nothing waits for its turn.
  let clockMs = Date.now();
  const nowMs = (): number => (clockMs += 60_000);
  const roller = new Roller({ database, keepDays: ROLLUP_DAYS, nowMs });
  const rollAll = async (): Promise<void> => {
    while (await roller.roll());
  };
  const unhandled = async (of: { subject?: string } = {}): Promise<string[]> => {
    const reach = await rollupReach(database, TIMEOUT_MS);
    const [from, to] = [unixNs(NOW - 240n * MINUTE_NS), unixNs(NOW - MINUTE_NS)];
    const bounds = wholeBuckets({ from, to, timeoutMs: TIMEOUT_MS }, reach);
    const rows = await unhandledMessages(database, { ...bounds, ...of, limit: 100 });
    return rows.map((row) => `${row.producer} ${row.subject_pattern} ${row.messages}`);
  };

  // Ten minutes apart over three hours, so that buckets of every level hold some.
  const messages = Array.from({ length: 18 }, (_, index) => ({
    name: `m-${index}`,
    at: NOW - BigInt(190 - index * 10) * MINUTE_NS,
  }));
  const taken = messages.filter((_, index) => index % 3 !== 0);
  await store.insert('traces', 'p', publishes(messages));
  const how = { delayMs: 30, handleMs: () => 5 };
  await store.insert('traces', 'h', handlers(taken, { ...how, linked: true }));
  await rollAll();
  assert.deepEqual(await unhandled(), ['shop orders.placed 6']);
  assert.deepEqual(await unhandled({ subject: 'orders.paid' }), []);

  // Two are taken two hours after they were published, in traces that only link.
  const late = messages.filter((_, index) => index === 0 || index === 3);
  const after = { ...how, delayMs: 120 * 60_000, linked: true };
  await store.insert('traces', 'late', handlers(late, after));
  await rollAll();
  assert.deepEqual(await unhandled(), ['shop orders.placed 4']);

  // One was delivered to a client that sends no spans: the server's word is enough.
  const [heard] = await store.select<{ trace_id: string; span_id: string; time: string }>(
    `SELECT lower(hex(trace_id)) AS trace_id, lower(hex(span_id)) AS span_id,
      toString(toUnixTimestamp64Nano(start)) AS time
      FROM spans WHERE name = 'publish' AND (spans.trace_id, spans.span_id) NOT IN
        (SELECT trace_id, span_id FROM attempts WHERE number > 0) ORDER BY start LIMIT 1`,
  );
  const egress = { kind: 'client', time: heard?.time, cid: '31', name: 'audit', subscription: '>' };
  const all = { hop: '', account: '', queue: '', error: '', ...egress };
  const columns = Object.entries(all).map(([name, value]) => [`egress_${name}`, [value]]);
  const row = hopRow({ ...heard, subject: 'orders.placed', ...Object.fromEntries(columns) });
  await store.insert('hops', 'heard', `${JSON.stringify(row)}\n`);
  await rollAll();
  assert.deepEqual(await unhandled(), ['shop orders.placed 3']);

  for (let replay = 1; replay <= 2; replay++) {
    await store.insert('traces', `p-${replay}`, publishes(messages));
    await store.insert('traces', `late-${replay}`, handlers(late, after));
    await rollAll();
  }
  assert.deepEqual(await unhandled(), ['shop orders.placed 3']);

  for (const table of ['spans', 'hops', 'attempts']) {
    await database.query({
      tag: 'test-truncate',
      sql: `TRUNCATE TABLE ${table}`,
      params: {},
      maxRows: 0,
      timeoutMs: TIMEOUT_MS,
      background: true,
    });
  }
  assert.deepEqual(await store.select('SELECT 1 FROM spans'), []);
  assert.deepEqual(await unhandled(), ['shop orders.placed 3']);
});
