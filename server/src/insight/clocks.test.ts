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
  assert.equal(before.get('s'), 3_000n);
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
