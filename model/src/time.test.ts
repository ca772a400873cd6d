import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatDuration,
  formatRfc3339,
  parseDurationNs,
  parseRfc3339,
  unixNs,
  unixNsFromMs,
} from './time.ts';

test('RFC 3339 keeps nanoseconds, zones and short fractions', () => {
  const f = (text: string, expected: bigint | null) =>
    assert.equal(parseRfc3339(text), expected, text);
  f('2026-01-02T03:04:05.123456789Z', 1767323045123456789n);
  f('2026-01-02T03:04:05Z', 1767323045000000000n);
  f('2026-01-02T03:04:05.5Z', 1767323045500000000n);
  f('2026-01-02T05:04:05.5+02:00', 1767323045500000000n);
  f('2026-01-02 03:04:05', null);
  f('2026-13-02T03:04:05Z', null);
  f('yesterday', null);
});

test('formatting and parsing RFC 3339 are inverse', () => {
  const upTo2100 = 4_102_444_800_000_000_000n;
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: upTo2100 }), (at) =>
      assert.equal(parseRfc3339(formatRfc3339(unixNs(at))), at),
    ),
  );
});

test('durations read as people write them', () => {
  const f = (ns: bigint, expected: string) => assert.equal(formatDuration(ns), expected);
  f(0n, '0 ns');
  f(999n, '999 ns');
  f(1_500n, '1.50 µs');
  f(12_345_678n, '12.3 ms');
  f(-250_000_000n, '-250 ms');
  f(3_000_000_000n, '3.00 s');
  f(600_000_000_000n, '10.0 min');
  f(7_200_000_000_000n, '2.00 h');
});

test('durations as people type them', () => {
  const f = (text: string, expected: bigint | null) =>
    assert.equal(parseDurationNs(text), expected, text);
  f('500ms', 500_000_000n);
  f(' 1.5 s ', 1_500_000_000n);
  f('20 µs', 20_000n);
  f('20us', 20_000n);
  f('0ns', 0n);
  f('2m', 120_000_000_000n);
  f('2 min', 120_000_000_000n);
  f('1h', 3_600_000_000_000n);
  f('500', null);
  f('-1s', null);
  f('1 fortnight', null);
  f('constructor', null);
  f('1constructor', null);
  f('999999999999h', null);
  f('', null);
});

test('what is formatted can be typed', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 86_400_000_000_000n }), (ns) => {
      const read = parseDurationNs(formatDuration(ns));
      assert.ok(read !== null && Math.abs(Number(read - ns)) <= Number(ns) / 100, String(ns));
    }),
  );
});

test('fractional milliseconds become nanoseconds', () => {
  assert.equal(unixNsFromMs(1767323045123.457), 1767323045123457000n);
});
