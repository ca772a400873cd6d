import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ATTR, unixNs } from '@hopline/model';
import type { MessagesResponse } from '@hopline/model/api';
import { temporaryDatabase } from '../store/chdb/temporary-database.ts';
import { attributes, encodeRequest } from '../store/insert/otlp-fixture.ts';
import { apiAt } from './api-fixture.ts';

const NOW = unixNs(BigInt(Date.now()) * 1_000_000n);
const TRACE = 'a1'.repeat(16);
/** Seconds before now, newest first: a clock of whole milliseconds gives many the same start. */
const AGES = [10, 10, 20, 20, 20, 20, 20, 30, 40, 40];
const SPAN_IDS = AGES.map((_, index) => (0xff - index).toString(16).padStart(16, '0'));

const request = (indexes: readonly number[]): Uint8Array =>
  encodeRequest('traces', {
    resource_spans: [
      {
        resource: { attributes: attributes({ [ATTR.serviceName]: 'shop' }) },
        scope_spans: [{ scope: { name: 'pages' }, spans: indexes.map(publish) }],
      },
    ],
  });

function publish(index: number): object {
  const start = NOW - BigInt(AGES[index]!) * 1_000_000_000n;
  return {
    trace_id: Buffer.from(TRACE, 'hex'),
    span_id: Buffer.from(SPAN_IDS[index]!, 'hex'),
    name: 'publish orders.new',
    kind: 4,
    start_time_unix_nano: String(start),
    end_time_unix_nano: String(start + 1_000_000n),
    attributes: attributes({ [ATTR.system]: 'nats', [ATTR.destination]: 'orders.new' }),
  };
}

test('pages of any size hold every message once, also where many began at the same moment', async () => {
  await using store = await temporaryDatabase({ queryTimeoutMs: 120_000 });
  const all = [...AGES.keys()];
  for (const [id, indexes] of Object.entries({ whole: all, again: [0, 4, 9] })) {
    assert.equal((await store.insert('traces', id, request(indexes))).status, 'stored');
  }
  const app = await apiAt(store.database, { now: NOW });
  try {
    for (const size of [1, 3, 7, 50]) {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const response = await app.inject(`/api/v1/messages?limit=${size}${more}`);
        assert.equal(response.statusCode, 200, response.body);
        const page = response.json<MessagesResponse>();
        seen.push(...page.messages.map(({ id }) => id.slice(TRACE.length + 1)));
        cursor = page.next;
        assert.ok(seen.length <= AGES.length, `pages of ${size} repeat a message: ${seen.join()}`);
      }
      assert.deepEqual(seen, SPAN_IDS, `pages of ${size}`);
    }
  } finally {
    await app.close();
  }
});
