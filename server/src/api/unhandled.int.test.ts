import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unixNs } from '@hopline/model';
import { CONTRACT } from '@hopline/model/api';
import { temporaryDatabase } from '../store/chdb/temporary-database.ts';
import { ROLLUP_DAYS } from '../store/rollups/levels.ts';
import { handlers, publishes } from '../store/rollups/messages-fixture.ts';
import { Roller } from '../store/store.ts';
import { apiAt } from './api-fixture.ts';

const NOW = BigInt(Date.now()) * 1_000_000n;
const ago = (minutes: number): bigint => NOW - BigInt(Math.round(minutes * 60)) * 1_000_000_000n;

const NO_FIGURES = {
  ...{ messages: '0', bytes: '0', first_seq: '0', last_seq: '0', num_pending: '0' },
  ...{ num_ack_pending: '0', num_redelivered: '0', num_waiting: '0', delivered_stream_seq: '0' },
  ...{ ack_floor_stream_seq: '0', max_deliver: -1, queue_group: '', consumer: '' },
};

/** A sweep: where the stream began, and the ack floor of a consumer that sends no spans. */
const sweep = (minutes: number, begin: number, floor: number): string => {
  const common = {
    account: 'APP',
    domain: '',
    cluster: 'hub',
    server_name: 'n1',
    stream: 'ORDERS',
  };
  const at = { ...NO_FIGURES, ...common, time: String(ago(minutes)), subjects: ['orders.>'] };
  const stream = { ...at, kind: 'stream', first_seq: String(begin), retention: 'limits' };
  const consumer = { ...at, kind: 'consumer', consumer: 'audit', retention: '' };
  return `${JSON.stringify(stream)}\n${JSON.stringify({ ...consumer, ack_floor_stream_seq: String(floor) })}\n`;
};

test('of what nobody was seen to take: thrown away by its stream, acked without a span, still there', async () => {
  await using store = await temporaryDatabase({ queryTimeoutMs: 120_000 });
  const { database } = store;
  let clockMs = Date.now();
  const nowMs = (): number => (clockMs += 60_000);
  const roller = new Roller({ database, keepDays: ROLLUP_DAYS, nowMs });

  // One a minute, from an hour ago; every fifth is handled by a consumer that sends spans.
  const messages = Array.from({ length: 50 }, (_, index) => ({
    name: `m-${index}`,
    at: ago(60 - index),
    sequence: index + 1,
  }));
  await store.insert('traces', 'p', publishes(messages));
  const handled = messages.filter((_, index) => index % 5 === 0);
  await store.insert('traces', 'h', handlers(handled, { delayMs: 30, handleMs: () => 5 }));
  // The audit stood still at 10 until 30 had left, and came to 40 while these were stored.
  const sweeps = [sweep(45, 1, 10), sweep(9, 1, 10), sweep(8, 31, 10), sweep(6, 31, 40)];
  await store.insert('assets', 'a', sweeps.join(''));
  while (await roller.roll());

  await using app = await apiAt(database, { now: unixNs(NOW) });
  const from = ago(120);
  const ask = async (query: string) => {
    const answer = await app.inject({ url: `/api/v1/paths?unhandled=true&from=${from}${query}` });
    assert.equal(answer.statusCode, 200, answer.body);
    return CONTRACT.paths.response.parse(answer.json()).unhandled;
  };
  const told = { producer: 'shop', subject: 'orders.placed', stream: 'ORDERS', refused: 0 };
  // 40 were taken by nobody. Of 1 to 10 eight were acked, of 11 to 30 sixteen expired, of 31 to 40 eight acked.
  assert.deepEqual(await ask(''), [{ ...told, messages: 40, expired: 16, acked: 16 }]);
  assert.deepEqual(await ask('&producer=other'), []);

  // The same input again, and the handler of one that had expired, late and from another trace.
  await store.insert('traces', 'p2', publishes(messages));
  const late = messages.filter(({ sequence }) => sequence === 12);
  const how = { delayMs: 3_000, handleMs: () => 5, linked: true };
  await store.insert('traces', 'late', handlers(late, how));
  await store.insert('assets', 'a2', sweeps.join(''));
  while (await roller.roll());
  assert.deepEqual(await ask(''), [{ ...told, messages: 39, expired: 15, acked: 16 }]);
});
