import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeAdvisory } from './advisory.ts';

/** As nats-server 2.15.1 sent them. */
const MAX_DELIVER = {
  type: 'io.nats.jetstream.advisory.v1.max_deliver',
  id: 'Rb7gcUxjYc5Pe7aMh1oIdI',
  timestamp: '2026-11-22T13:17:10.060061877Z',
  stream: 'ORDERS',
  consumer: 'payment',
  stream_seq: 1,
  deliveries: 2,
};
const TERMINATED = {
  type: 'io.nats.jetstream.advisory.v1.terminated',
  id: 'Rb7gcUxjYc5Pe7aMh1oIgG',
  timestamp: '2026-11-22T13:17:11.06354225Z',
  stream: 'ORDERS',
  consumer: 'payment',
  consumer_seq: 3,
  stream_seq: 2,
  deliveries: 1,
  reason: 'bad thing',
};
const STREAM_CREATED = {
  type: 'io.nats.jetstream.advisory.v1.stream_action',
  id: 'Rb7gcUxjYc5Pe7aMh1oIIW',
  timestamp: '2026-11-22T13:17:10.050589984Z',
  stream: 'ORDERS',
  action: 'create',
  domain: 'hub',
};

function rowOf(advisory: object) {
  const decoded = decodeAdvisory(JSON.stringify(advisory));
  assert.ok('row' in decoded);
  return decoded.row;
}

test('the last delivery', () => {
  assert.deepEqual(rowOf(MAX_DELIVER), {
    time: '1795353430060061877',
    id: 'Rb7gcUxjYc5Pe7aMh1oIdI',
    kind: 'max_deliver',
    stream: 'ORDERS',
    consumer: 'payment',
    stream_seq: '1',
    consumer_seq: '0',
    deliveries: 2,
    reason: '',
    domain: '',
    raw: JSON.stringify(MAX_DELIVER),
  });
});

test('a terminated delivery with its reason', () => {
  const { kind, reason, consumer_seq, time } = rowOf(TERMINATED);
  assert.deepEqual(
    [kind, reason, consumer_seq, time],
    ['terminated', 'bad thing', '3', '1795353431063542250'],
  );
});

describe('kind', () => {
  const v1 = 'io.nats.jetstream.advisory.v1';
  const cases: [advisory: object, kind: string][] = [
    [STREAM_CREATED, 'stream_create'],
    [{ ...STREAM_CREATED, type: `${v1}.consumer_action`, action: 'delete' }, 'consumer_delete'],
    [{ ...MAX_DELIVER, type: `${v1}.nak` }, 'nak'],
    [{ ...MAX_DELIVER, type: `${v1}.stream_leader_elected` }, 'stream_leader_elected'],
    [{ ...MAX_DELIVER, type: `${v1}.consumer_quorum_lost` }, 'consumer_quorum_lost'],
    [{ ...MAX_DELIVER, type: 'io.nats.jetstream.advisory.v2.nak' }, 'nak'],
    // nats-surveyor decodes none of these: server/jetstream_events.go of nats-server.
    ...[
      'server_out_of_space',
      'server_removed',
      'domain_leader_elected',
      'api_limit_reached',
      'consumer_pause',
      'consumer_group_pinned',
      'consumer_group_unpinned',
      'stream_batch_abandoned',
    ].map((kind): [object, string] => [{ ...STREAM_CREATED, type: `${v1}.${kind}` }, kind]),
  ];
  for (const [advisory, kind] of cases) {
    test(kind, () => assert.equal(rowOf(advisory).kind, kind));
  }
});

describe('hostile input', () => {
  const refusals: [text: string, refused: string][] = [
    ['', 'not JSON'],
    ['[1]', 'not JSON'],
    ['{}', 'not an advisory'],
    [JSON.stringify({ ...MAX_DELIVER, type: 'io.nats.jetstream.api.v1.x' }), 'not an advisory'],
    [JSON.stringify({ ...MAX_DELIVER, type: 7 }), 'not an advisory'],
    [JSON.stringify({ ...MAX_DELIVER, id: '' }), 'not an advisory'],
    [JSON.stringify({ ...MAX_DELIVER, timestamp: 'now' }), 'not an advisory'],
  ];
  for (const [text, refused] of refusals) {
    test(`${text.slice(0, 60)} is ${refused}`, () => {
      assert.deepEqual(decodeAdvisory(text), { refused });
    });
  }

  test('nothing throws, and every row fits its columns', () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.bigInt().map(Number));
    const fields = fc.dictionary(fc.constantFrom(...Object.keys(TERMINATED), 'action'), value);
    const text = fc.oneof(
      fields.map((more) => JSON.stringify({ ...TERMINATED, ...more })),
      fc.json(),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (given) => {
        const decoded = decodeAdvisory(given);
        if (!('row' in decoded)) return;
        const { row } = decoded;
        for (const seq of [row.stream_seq, row.consumer_seq]) assert.ok(BigInt(seq) < 2n ** 64n);
        assert.ok(row.deliveries >= 0 && row.deliveries < 2 ** 32);
        assert.ok(BigInt(row.time) > 0n && BigInt(row.time) < 2n ** 63n);
      }),
      { numRuns: 1000 },
    );
  });
});
