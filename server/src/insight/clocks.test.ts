import assert from 'node:assert/strict';
import test from 'node:test';
import { type UnixNs, unixNs } from '@hopline/model';
import fc from 'fast-check';
import { clockOffsets, type Mark } from './clocks.ts';

const mark = (clock: string, at: bigint): Mark => ({ clock, at: unixNs(at) });
const published = mark('p', 1_000n);

test('without contradiction no clock is corrected', () => {
  const offsets = clockOffsets({
    published,
    acknowledged: mark('p', 2_000n),
    servers: [{ mark: mark('s', 1_500n), beforeAnswer: true }],
    receptions: [{ mark: mark('c', 1_700n), after: mark('s', 1_500n) }],
  });
  assert.deepEqual([...offsets.values()], [0n, 0n, 0n]);
});

test('a server clock behind the publisher is moved just after the publish', () => {
  const offsets = clockOffsets({
    published,
    acknowledged: null,
    servers: [{ mark: mark('s', 400n), beforeAnswer: true }],
    receptions: [],
  });
  assert.equal(offsets.get('s'), -600n);
});

test('a server clock ahead is moved just before the answer, unless the mark may come after it', () => {
  const given = { published, acknowledged: mark('p', 2_000n), receptions: [] };
  const late = mark('s', 5_000n);
  const before = clockOffsets({ ...given, servers: [{ mark: late, beforeAnswer: true }] });
  const free = clockOffsets({ ...given, servers: [{ mark: late, beforeAnswer: false }] });
  // Between 3,000 and 4,000: further off than these are apart, so wrong for sure.
  assert.equal(before.get('s'), 3_500n);
  assert.equal(free.get('s'), 0n);
});

test('the tightest of several receptions decides for a consumer clock', () => {
  const store = mark('s', 1_500n);
  const offsets = clockOffsets({
    published,
    acknowledged: null,
    servers: [{ mark: store, beforeAnswer: true }],
    receptions: [
      { mark: mark('c', 1_400n), after: store },
      { mark: mark('c', 1_200n), after: store },
      { mark: mark('d', 9_000n), after: store },
    ],
  });
  assert.equal(offsets.get('c'), -300n);
  assert.equal(offsets.get('d'), 0n);
});

test('a window bounds a consumer clock from both sides, unless the message contradicts it', () => {
  const store = mark('s', 10_000n);
  const offset = (at: bigint, lower: bigint, upper: bigint | null = null) =>
    clockOffsets({
      published: mark('p', 9_000n),
      acknowledged: null,
      servers: [{ mark: store, beforeAnswer: true }],
      receptions: [{ mark: mark('c', at), after: store }],
      windows: ({ clock }) => (clock === 'c' ? { lower, upper } : undefined),
    }).get('c');
  // Far ahead: close above the lower bound.
  assert.equal(offset(50_900n, 40_000n), 40_450n);
  // Perhaps right: nothing is corrected.
  assert.equal(offset(50_900n, -200n), 0n);
  // Of messages that wait long the upper bound tells little.
  assert.equal(offset(9_000_000_000n, 40_000n), 40_000n);
  // The message was received before it was stored: it knows better.
  assert.equal(offset(9_500n, 40_000n), -500n);
  // Far behind, though its messages wait: the lower bound is the close one.
  assert.equal(offset(-7_000_000n, -9_000_100n, -7_000_000n), -8_005_050n);
});

test("a publisher's window moves the servers, and so the consumer's marks with them", () => {
  const offsets = clockOffsets({
    published: mark('p', 1_000_000n),
    acknowledged: null,
    servers: [{ mark: mark('s', 500n), beforeAnswer: true }],
    receptions: [{ mark: mark('c', 700n), after: mark('s', 500n) }],
    windows: ({ clock }) => (clock === 'p' ? { lower: 999_600n, upper: 999_700n } : undefined),
  });
  assert.equal(offsets.get('s'), -999_650n);
  assert.equal(offsets.get('c'), -999_650n);
});

test('after correction every mark follows the one it must follow', () => {
  const time = fc.bigInt({ min: 0n, max: 10n ** 12n });
  fc.assert(
    fc.property(fc.tuple(time, time, time, time), ([start, wait, server, consumer]) => {
      const from = mark('p', start);
      const store = mark('s', server);
      const got = mark('c', consumer);
      const offsets = clockOffsets({
        published: from,
        acknowledged: mark('p', start + wait),
        servers: [{ mark: store, beforeAnswer: true }],
        receptions: [{ mark: got, after: store }],
      });
      const corrected = (of: Mark): UnixNs => unixNs(of.at - (offsets.get(of.clock) ?? 0n));
      assert.ok(corrected(store) >= from.at);
      assert.ok(corrected(store) <= start + wait);
      assert.ok(corrected(got) >= corrected(store));
    }),
  );
});
