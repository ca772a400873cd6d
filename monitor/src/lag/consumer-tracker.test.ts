import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConsumerTracker } from './consumer-tracker.ts';
import type { ConsumerTraits, LagSample } from './lag-sample.ts';
import { SequenceCurve } from './sequence-curve.ts';

const LIMITS = { spanMs: 60_000, minSamples: 4 };
const TRAITS: ConsumerTraits = {
  mode: 'pull',
  isAcked: true,
  isPaused: false,
  isFiltered: false,
  maxAckPending: 1000,
};
const FILTERED = { ...TRAITS, isFiltered: true };

const sample = (seconds: number, more: Partial<LagSample>): LagSample => ({
  timeMs: seconds * 1000,
  backlog: 0,
  inFlight: 0,
  redelivered: 0,
  waiting: 0,
  deliveredStreamSeq: 0,
  deliveredConsumerSeq: 0,
  ackFloorStreamSeq: 0,
  firstSeq: 1,
  lastSeq: 100,
  ...more,
});

/** One message a second, from sequence 1 at second 1. */
function curve(...lastSeconds: number[]): SequenceCurve {
  const sampled = new SequenceCurve(240);
  for (const last of lastSeconds) {
    sampled.add({ firstSeq: 1, lastSeq: last, firstMs: 1000, lastMs: last * 1000 });
  }
  return sampled;
}

function tracked(...seen: LagSample[]): ConsumerTracker {
  const tracker = new ConsumerTracker(LIMITS);
  for (const one of seen) tracker.add(one);
  return tracker;
}

describe('lag in seconds', () => {
  test('nothing open: 0, exactly, whatever is known of the stream', () => {
    const { deliveryLag, completionLag } = tracked(sample(110, {})).conclude(undefined, TRAITS);
    assert.deepEqual(deliveryLag, { seconds: 0, method: 'exact' });
    assert.deepEqual(completionLag, { seconds: 0, method: 'exact' });
  });

  test('never seen, or no curve: unknown is not 0', () => {
    const waits = tracked(sample(110, { backlog: 5 }));
    const unknown = { seconds: null, method: 'unknown' };
    assert.deepEqual(waits.conclude(undefined, TRAITS).deliveryLag, unknown);
    assert.deepEqual(tracked().conclude(undefined, TRAITS).completionLag, unknown);
  });

  test('from the curve between two sweeps', () => {
    const waits = tracked(sample(110, { backlog: 50, deliveredStreamSeq: 50 }));
    const { deliveryLag } = waits.conclude(curve(40, 80, 100), TRAITS);
    assert.equal(deliveryLag.method, 'interpolated');
    assert.ok(Math.abs(deliveryLag.seconds! - 59) < 0.01, String(deliveryLag.seconds));
  });

  test('reprocessing from the start is as old as the first message, exactly', () => {
    const waits = tracked(sample(110, { backlog: 100 }));
    assert.deepEqual(waits.conclude(curve(100), TRAITS).deliveryLag, {
      seconds: 109,
      method: 'exact',
    });
  });

  test('in flight alone: delivery is on time, completion is not', () => {
    const flight = sample(110, { inFlight: 1, deliveredStreamSeq: 100, ackFloorStreamSeq: 99 });
    const { deliveryLag, completionLag } = tracked(flight).conclude(curve(100), TRAITS);
    assert.equal(deliveryLag.seconds, 0);
    assert.deepEqual(completionLag, { seconds: 10, method: 'exact' });
  });

  test('a filter: the next that matches came after nothing waited', () => {
    const seen = [
      sample(90, { deliveredStreamSeq: 10, ackFloorStreamSeq: 10 }),
      sample(110, { deliveredStreamSeq: 10, ackFloorStreamSeq: 10, backlog: 1 }),
    ];
    assert.deepEqual(tracked(...seen).conclude(curve(100), FILTERED).deliveryLag, {
      seconds: 20,
      method: 'interpolated',
    });
  });

  test('a message that was read counts, until the consumer moves on or it has left', () => {
    const waits = sample(110, { backlog: 2, deliveredStreamSeq: 10, ackFloorStreamSeq: 10 });
    const tracker = tracked(waits);
    assert.equal(tracker.wanted('delivery'), 10);
    tracker.found('delivery', { afterSeq: 10, seq: 70, timeMs: 70_500 });
    assert.equal(tracker.wanted('delivery'), null);
    assert.deepEqual(tracker.conclude(curve(100), FILTERED).deliveryLag, {
      seconds: 39.5,
      method: 'exact',
    });
    tracker.add({ ...waits, timeMs: 111_000, firstSeq: 71 });
    assert.equal(tracker.wanted('delivery'), 10);
    tracker.add({ ...waits, timeMs: 112_000, deliveredStreamSeq: 70 });
    assert.equal(tracker.wanted('delivery'), 70);
    assert.equal(tracker.conclude(curve(100), FILTERED).deliveryLag.method, 'interpolated');
  });
});

describe('without a time from any server', () => {
  const waits = sample(110, {
    ...{ backlog: 5, inFlight: 2, deliveredStreamSeq: 20, ackFloorStreamSeq: 10 },
  });
  const lagOf = (tracker: ConsumerTracker, kind: 'deliveryLag' | 'completionLag') =>
    tracker.conclude(undefined, TRAITS)[kind];

  test('asked for what waits, not for what the curve tells or a read message told', () => {
    assert.deepEqual(tracked(waits).untimed(undefined), [20, 10]);
    assert.deepEqual(tracked(waits).untimed(curve(15)), [20]);
    assert.deepEqual(tracked(waits).untimed(curve(100)), []);
    assert.deepEqual(tracked(sample(110, {})).untimed(undefined), []);
    const read = tracked(waits);
    read.found('delivery', { afterSeq: 20, seq: 21, timeMs: 100_000 });
    assert.deepEqual(read.untimed(undefined), [10]);
  });

  test('a span of the first that is not acked is its time', () => {
    const tracker = tracked(waits);
    tracker.seen({ afterSeq: 10, seq: 11, timeMs: 80_000 });
    assert.deepEqual(lagOf(tracker, 'completionLag'), { seconds: 30, method: 'observed' });
    assert.deepEqual(lagOf(tracker, 'deliveryLag'), { seconds: null, method: 'unknown' });
  });

  test('after the last that was delivered, and after nothing waited', () => {
    const tracker = tracked(waits);
    tracker.seen({ afterSeq: 20, seq: 20, timeMs: 90_000 });
    assert.deepEqual(lagOf(tracker, 'deliveryLag'), { seconds: 20, method: 'observed' });
    const emptied = tracked(sample(105, { deliveredStreamSeq: 20 }), waits);
    emptied.seen({ afterSeq: 20, seq: 20, timeMs: 90_000 });
    assert.deepEqual(lagOf(emptied, 'deliveryLag'), { seconds: 5, method: 'observed' });
  });

  test('holds while the consumer moves on, not when it starts over', () => {
    const tracker = tracked(waits);
    tracker.seen({ afterSeq: 20, seq: 20, timeMs: 90_000 });
    tracker.add({ ...waits, timeMs: 115_000, deliveredStreamSeq: 30 });
    assert.deepEqual(lagOf(tracker, 'deliveryLag'), { seconds: 25, method: 'observed' });
    tracker.add({ ...waits, timeMs: 116_000, deliveredStreamSeq: 3 });
    assert.equal(lagOf(tracker, 'deliveryLag').method, 'unknown');
  });
});

describe('rates and time to drain', () => {
  const shrinking = [
    sample(0, { backlog: 1000, lastSeq: 2000 }),
    sample(10, { backlog: 900, lastSeq: 2100, deliveredConsumerSeq: 200 }),
  ];

  test('backlog over the pace at which it shrinks', () => {
    const concluded = tracked(...shrinking).conclude(undefined, TRAITS);
    assert.equal(concluded.arrivalPerSecond, 10);
    assert.equal(concluded.deliveryPerSecond, 20);
    assert.equal(concluded.ackPerSecond, 20);
    assert.equal(concluded.drainSeconds, 90);
  });

  test('never for one that does not shrink, 0 for an empty one', () => {
    const grows = tracked(sample(0, { backlog: 5 }), sample(10, { backlog: 6 }));
    assert.equal(grows.conclude(undefined, TRAITS).drainSeconds, null);
    assert.equal(tracked(sample(0, {})).conclude(undefined, TRAITS).drainSeconds, 0);
  });

  test('a filter with redeliveries: arrivals cannot be told, the drain can', () => {
    const repeated = shrinking.map((one) => ({ ...one, redelivered: 3, inFlight: 1 }));
    const concluded = tracked(...repeated).conclude(undefined, FILTERED);
    assert.equal(concluded.arrivalPerSecond, null);
    assert.equal(concluded.ackPerSecond, null);
    assert.equal(concluded.drainSeconds, 90);
  });
});

test('a filter with redeliveries now and then: the rest of the window tells', () => {
  const seen = [
    sample(0, { backlog: 0, deliveredConsumerSeq: 100 }),
    sample(10, { backlog: 5, deliveredConsumerSeq: 115 }),
    // Ten of these twenty are repetitions, nobody knows which.
    sample(20, { backlog: 5, deliveredConsumerSeq: 135, redelivered: 2 }),
    sample(30, { backlog: 8, deliveredConsumerSeq: 135, redelivered: 2 }),
  ];
  const concluded = tracked(...seen).conclude(undefined, FILTERED);
  // 15 + 5 in the first step, 3 in the last, over 20 s; 5 + 3 of them still wait.
  assert.equal(concluded.arrivalPerSecond, 23 / 20);
  assert.equal(concluded.ackPerSecond, 15 / 20);
});

test('messages that were given up are not in flight again, though the server counts them for ever', () => {
  const tracker = tracked();
  const counted = [
    // Five of its ten in flight at most: the others were given up before anybody looked.
    { redelivered: 12, inFlight: 10, told: [10, 2] },
    { redelivered: 12, inFlight: 5, told: [5, 7] },
    // One more is delivered again, and given up.
    { redelivered: 13, inFlight: 9, told: [6, 7] },
    { redelivered: 13, inFlight: 0, told: [0, 13] },
    { redelivered: 14, inFlight: 20, told: [1, 13] },
    // They left the stream, or the consumer was made anew.
    { redelivered: 3, inFlight: 20, told: [0, 3] },
    { redelivered: 0, inFlight: 20, told: [0, 0] },
    { redelivered: 4, inFlight: 20, told: [4, 0] },
  ];
  for (const [at, { told, ...given }] of counted.entries()) {
    tracker.add(sample(at * 10, given));
    const { redelivered, givenUp } = tracker.conclude(undefined, TRAITS);
    assert.deepEqual([redelivered, givenUp], told, `sample ${at}`);
  }
});

test('messages that were given up long ago hide no arrivals', () => {
  const seen = [
    sample(0, { backlog: 0, deliveredConsumerSeq: 100, redelivered: 36 }),
    sample(10, { backlog: 0, deliveredConsumerSeq: 150, redelivered: 36 }),
  ];
  const concluded = tracked(...seen).conclude(undefined, FILTERED);
  assert.deepEqual([concluded.arrivalPerSecond, concluded.ackPerSecond], [5, 5]);
});

describe('the curve of a stream', () => {
  test('is bounded and keeps its newest points', () => {
    const long = new SequenceCurve(20);
    for (let at = 1; at <= 1000; at++) {
      long.add({ firstSeq: 1, lastSeq: at, firstMs: 1000, lastMs: at * 1000 });
    }
    for (const seq of [1, 17, 500, 998, 1000]) {
      assert.ok(Math.abs(long.timeOf(seq)!.timeMs - seq * 1000) < 1, String(seq));
    }
    assert.equal(long.timeOf(1001), null);
  });

  test('of a stream that was made anew forgets the old one', () => {
    const anew = curve(500);
    anew.add({ firstSeq: 1, lastSeq: 4, firstMs: 900_000, lastMs: 903_000 });
    assert.deepEqual(anew.timeOf(1), { timeMs: 900_000, isExact: true });
    assert.equal(anew.timeOf(5), null);
  });
});
