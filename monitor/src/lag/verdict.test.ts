import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Verdict } from '@hopline/model/api';
import type { ConsumerTraits, LagSample } from './lag-sample.ts';
import { verdictOf } from './verdict.ts';

const LIMITS = { spanMs: 60_000, minSamples: 4 };
const PULL: ConsumerTraits = {
  mode: 'pull',
  isAcked: true,
  isPaused: false,
  isFiltered: false,
  maxAckPending: 1000,
};

/** Seven samples, ten seconds apart; each figure a constant or a list. */
function samples(figures: Partial<Record<keyof LagSample, number | readonly number[]>>) {
  return Array.from({ length: 7 }, (_, index): LagSample => {
    const at = (key: keyof LagSample, otherwise: number): number => {
      const figure = figures[key] ?? otherwise;
      return typeof figure === 'number' ? figure : (figure[index] ?? otherwise);
    };
    return {
      timeMs: 1_000_000 + index * 10_000,
      backlog: at('backlog', 0),
      inFlight: at('inFlight', 0),
      redelivered: at('redelivered', 0),
      waiting: at('waiting', 1),
      deliveredStreamSeq: at('deliveredStreamSeq', 100),
      deliveredConsumerSeq: at('deliveredConsumerSeq', 100),
      ackFloorStreamSeq: at('ackFloorStreamSeq', 100),
      firstSeq: at('firstSeq', 1),
      lastSeq: at('lastSeq', 1000),
    };
  });
}
const rising = (from: number, by: number): number[] =>
  Array.from({ length: 7 }, (_, index) => from + index * by);

const CASES: [name: string, Verdict, RegExp, LagSample[], Partial<ConsumerTraits>?][] = [
  ['nothing to do', 'ok', /nothing waits/, samples({})],
  [
    'behind now, but was empty a moment ago',
    'ok',
    /900 open, was empty/,
    samples({ backlog: [5, 9, 0, 100, 300, 600, 900] }),
  ],
  [
    'much waits and it becomes less',
    'ok',
    /400 open, 1000 at the start/,
    samples({
      backlog: rising(1000, -100),
      deliveredStreamSeq: rising(1, 200),
      deliveredConsumerSeq: rising(1, 200),
      ackFloorStreamSeq: rising(1, 200),
    }),
  ],
  [
    'one sample of a leader that has just taken over and is behind',
    'lagging',
    /grew from 1000 to 1600 in 60 s/,
    samples({
      backlog: rising(1000, 100),
      deliveredStreamSeq: [1, 201, 401, 601, 801, 1001, 950],
      deliveredConsumerSeq: [1, 201, 401, 601, 801, 1001, 950],
      ackFloorStreamSeq: rising(1, 150),
    }),
  ],
  [
    'it went back and stays there',
    'rewound',
    /went back from 801 to 10/,
    samples({
      backlog: rising(1000, 100),
      deliveredStreamSeq: [1, 201, 401, 601, 801, 1, 10],
      deliveredConsumerSeq: rising(1, 200),
      ackFloorStreamSeq: rising(1, 1),
    }),
  ],
  [
    'it grows although it works',
    'lagging',
    /grew from 1000 to 1600 in 60 s/,
    samples({
      backlog: rising(1000, 100),
      deliveredStreamSeq: rising(1, 200),
      deliveredConsumerSeq: rising(1, 200),
      ackFloorStreamSeq: rising(1, 200),
    }),
  ],
  [
    'delivers, nobody acks',
    'stalled',
    /floor stands at 100 for 60 s, 70 in flight/,
    samples({
      backlog: rising(500, -10),
      inFlight: rising(10, 10),
      deliveredStreamSeq: rising(110, 10),
      deliveredConsumerSeq: rising(110, 10),
    }),
  ],
  [
    'all delivered, none acked, nothing moves',
    'stalled',
    /3 in flight, none acked/,
    samples({ inFlight: 3 }),
  ],
  [
    'nobody asks',
    'stopped',
    /7 wait, nothing delivered nor acked in 60 s: no client asks/,
    samples({ backlog: 7, waiting: 0 }),
  ],
  ['paused', 'stopped', /it is paused/, samples({ backlog: 7, waiting: 1 }), { isPaused: true }],
  [
    'a push consumer without a subscriber',
    'stopped',
    /in 60 s$/,
    samples({ backlog: 7, waiting: 0 }),
    { mode: 'push' },
  ],
  [
    'at most ack pending all the time',
    'saturated',
    /20 in flight of at most 20, 60 wait/,
    samples({
      inFlight: 20,
      backlog: rising(0, 10).map((value) => value || 5),
      deliveredConsumerSeq: rising(100, 5),
      deliveredStreamSeq: rising(100, 5),
      ackFloorStreamSeq: rising(80, 5),
    }),
    { maxAckPending: 20 },
  ],
  [
    'asked now and then only',
    'starved',
    /none in flight, no pull request waits/,
    samples({
      waiting: 0,
      backlog: rising(100, 5),
      deliveredConsumerSeq: rising(100, 1),
      deliveredStreamSeq: rising(100, 1),
      ackFloorStreamSeq: rising(100, 1),
    }),
  ],
  [
    'the same message again and again',
    'redelivery loop',
    /12 deliveries in 60 s, all repeated/,
    samples({ inFlight: 1, redelivered: 1, deliveredConsumerSeq: rising(100, 2) }),
  ],
  [
    'reset to an earlier sequence',
    'rewound',
    /back from 500 to 30/,
    samples({ deliveredStreamSeq: [500, 500, 500, 10, 20, 30, 30], backlog: 100 }),
  ],
  [
    'a new leader that was behind for one sample',
    'ok',
    /nothing waits/,
    samples({ deliveredStreamSeq: [100, 100, 98, 100, 100, 100, 100] }),
  ],
  [
    'the stream was purged before delivery',
    'rewound',
    /purged to 501: 400 were not delivered/,
    samples({
      backlog: [400, 400, 400, 0, 0, 0, 0],
      firstSeq: [1, 1, 1, 501, 501, 501, 501],
      deliveredStreamSeq: [100, 100, 100, 500, 500, 500, 500],
    }),
  ],
  [
    'messages became too old before delivery',
    'expired data',
    /begins at 301, delivered is 100: 200 or more left undelivered/,
    samples({
      backlog: [400, 400, 400, 200, 200, 200, 200],
      firstSeq: [1, 1, 1, 301, 301, 301, 301],
      waiting: 0,
    }),
  ],
  [
    'messages became too old before the ack',
    'expired data',
    /begins at 101, the ack floor is 50/,
    samples({
      inFlight: [50, 50, 50, 0, 0, 0, 0],
      firstSeq: [1, 1, 1, 101, 101, 101, 101],
      ackFloorStreamSeq: 50,
    }),
  ],
  [
    'old messages leave after they were acked',
    'ok',
    /nothing waits/,
    samples({ firstSeq: rising(1, 10), backlog: 0 }),
  ],
];

describe('a verdict over a filled window', () => {
  for (const [name, verdict, reason, seen, traits] of CASES) {
    test(`${name}: ${verdict}`, () => {
      const judged = verdictOf(seen, { ...PULL, ...traits }, LIMITS);
      assert.equal(judged.verdict, verdict, judged.reason);
      assert.match(judged.reason, reason);
    });
  }
});

test('until the window is filled there is no verdict, whatever was seen', () => {
  const stopped = samples({ backlog: 7 });
  for (const few of [[], stopped.slice(0, 1), stopped.slice(0, 5)]) {
    assert.equal(verdictOf(few, PULL, LIMITS).verdict, 'warming up');
  }
  assert.match(verdictOf(stopped.slice(0, 3), PULL, LIMITS).reason, /seen for 20 s of 60 s/);
  const sparse = [stopped[0]!, stopped[6]!];
  assert.equal(verdictOf(sparse, PULL, LIMITS).verdict, 'warming up');
});
