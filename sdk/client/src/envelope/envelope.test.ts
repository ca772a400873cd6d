import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkEnvelope, decodeEnvelope, encodeEnvelope, envelope, ulid, uuidV7 } from './index.ts';

test('an envelope survives its encoding, and says what it is', () => {
  const made = envelope('shop.order.created', { total: 3 });
  assert.match(made.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.match(made.timestamp, /Z$/);
  assert.deepEqual(decodeEnvelope(encodeEnvelope(made)), { ok: true, value: made });
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.jsonValue(), (type, data) => {
      const value = envelope(type, data);
      const decoded = decodeEnvelope(encodeEnvelope(value));
      assert.deepEqual(decoded, { ok: true, value: JSON.parse(JSON.stringify(value)) });
    }),
  );
});

test('every problem is named, with what was there', () => {
  assert.deepEqual(checkEnvelope({ id: '', type: 3, timestamp: '2026-02-30T00:00:00Z' }), {
    ok: false,
    problems: [
      'id: not a text that says something: ""',
      'type: not a text that says something: 3',
      'timestamp: not a UTC time of RFC 3339: "2026-02-30T00:00:00Z"',
      'data: missing',
    ],
  });
  for (const bad of [null, [], 'x', 1]) assert.equal(checkEnvelope(bad).ok, false);
  for (const timestamp of ['2026-01-01T00:00:00+01:00', '2026-01-01', 'now', 5]) {
    assert.equal(checkEnvelope({ id: 'a', type: 'b', timestamp, data: 1 }).ok, false);
  }
  assert.equal(decodeEnvelope(new Uint8Array([0xff])).ok, false);
  assert.throws(() => envelope('', 1), /cannot make an envelope: type/);
});

test('any bytes are decoded or refused, never thrown at the caller', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeEnvelope(bytes)));
});

test('ids: known bits, and the order of time', () => {
  const ones = { nowMs: () => 2 ** 48 - 1, random: (n: number) => new Uint8Array(n).fill(0xff) };
  const zeros = { nowMs: () => 0, random: (n: number) => new Uint8Array(n) };
  assert.equal(ulid(ones), '7ZZZZZZZZZZZZZZZZZZZZZZZZZ');
  assert.equal(ulid(zeros), '0'.repeat(26));
  assert.equal(uuidV7(ones), 'ffffffff-ffff-7fff-bfff-ffffffffffff');
  assert.equal(uuidV7(zeros), '00000000-0000-7000-8000-000000000000');
  assert.equal(ulid({ ...zeros, nowMs: () => 1469918176385 }).slice(0, 10), '01ARYZ6S41');
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (left, right) => {
      for (const make of [ulid, uuidV7]) {
        const [a, b] = [left, right].map((nowMs) => make({ ...ones, nowMs: () => nowMs }));
        assert.equal(Math.sign(left - right), (a as string) < (b as string) ? -1 : a === b ? 0 : 1);
      }
    }),
  );
  assert.equal(new Set(Array.from({ length: 1_000 }, () => ulid())).size, 1_000);
});
