import assert from 'node:assert/strict';
import test from 'node:test';
import { type Stage, unixNs } from '@hopline/model';
import fc from 'fast-check';
import type { Mark, Offsets } from './clocks.ts';
import { type AttemptMarks, stagesOf } from './stages.ts';

const NO_OFFSETS: Offsets = new Map();
const mark = (clock: string, at: number): Mark => ({ clock, at: unixNs(BigInt(at)) });

const NOTHING: AttemptMarks = {
  begin: mark('p', 0),
  arrived: null,
  stored: null,
  handedOver: null,
  received: null,
  started: mark('c', 60),
  ended: mark('c', 90),
  settled: null,
};
const shown = (stages: Stage[]) =>
  stages.map(({ name, duration, provenance }) => `${name} ${duration} ${provenance}`);

test('core NATS with all marks', () => {
  const marks = {
    ...NOTHING,
    arrived: mark('s1', 10),
    handedOver: mark('s2', 30),
    received: mark('c', 50),
  };
  assert.deepEqual(shown(stagesOf(marks, 'core', NO_OFFSETS)), [
    'send 10 derived',
    'broker 20 derived',
    'deliver 20 derived',
    'buffer 10 measured',
    'process 30 measured',
  ]);
});

test('JetStream with all marks; one server is one clock', () => {
  const marks = {
    ...NOTHING,
    arrived: mark('s1', 10),
    stored: mark('s1', 30),
    received: mark('c', 50),
    settled: mark('c', 95),
  };
  assert.deepEqual(shown(stagesOf(marks, 'jetstream', NO_OFFSETS)), [
    'send 10 derived',
    'broker 20 measured',
    'queue 20 derived',
    'buffer 10 measured',
    'process 30 measured',
    'settle 5 measured',
  ]);
});

test('stages without a mark between them merge and say so', () => {
  assert.deepEqual(stagesOf(NOTHING, 'core', NO_OFFSETS)[0], {
    name: 'transit',
    merged: ['send', 'broker', 'deliver', 'buffer'],
    duration: 60n,
    provenance: 'derived',
  });
  const stored = { ...NOTHING, stored: mark('s', 30), received: mark('c', 50) };
  const [first, second] = stagesOf(stored, 'jetstream', NO_OFFSETS);
  assert.deepEqual(first?.merged, ['send', 'broker']);
  assert.equal(first?.name, 'store');
  assert.deepEqual(second?.name, 'queue');
});

test('an acknowledgement inside the handler leaves nothing to wait for', () => {
  const marks = { ...NOTHING, settled: mark('c', 80) };
  assert.equal(shown(stagesOf(marks, 'jetstream', NO_OFFSETS)).at(-1), 'process 30 measured');
});

test('a redelivery waits from the end of the attempt before; unknown is not 0', () => {
  const marks = { ...NOTHING, begin: mark('c', 20), stored: mark('s', 5), received: mark('c', 50) };
  assert.equal(shown(stagesOf(marks, 'redelivery', NO_OFFSETS))[0], 'queue 30 measured');
  const unknown = stagesOf({ ...marks, begin: null }, 'redelivery', NO_OFFSETS);
  assert.equal(shown(unknown)[0], 'queue null unknown');
});

test('a contradiction of clocks is corrected, flagged, and keeps the raw value', () => {
  const marks = { ...NOTHING, stored: mark('s', 500), received: mark('c', 50) };
  const [, queue] = stagesOf(marks, 'jetstream', new Map([['c', -450n]]));
  assert.deepEqual(queue, { name: 'queue', duration: 0n, provenance: 'adjusted', raw: -450n });
});

test('never negative, never lost: any marks, any offsets', () => {
  const time = fc.integer({ min: 0, max: 1_000 });
  const some = (clock: string) => fc.option(time.map((at) => mark(clock, at)));
  const marks = fc.record({
    begin: some('p'),
    arrived: some('s1'),
    stored: some('s2'),
    handedOver: some('s2'),
    received: some('c'),
    started: time.map((at) => mark('c', at)),
    ended: time.map((at) => mark('c', at)),
    settled: some('c'),
  });
  const kind = fc.constantFrom('core' as const, 'jetstream' as const, 'redelivery' as const);
  const offset = fc.bigInt({ min: -500n, max: 500n });
  fc.assert(
    fc.property(marks, kind, offset, (given, of, ahead) => {
      const stages = stagesOf(given, of, new Map([['c', ahead]]));
      for (const stage of stages) {
        assert.ok(stage.duration === null || stage.duration >= 0n, 'negative');
        assert.equal(stage.duration === null, stage.provenance === 'unknown');
        assert.equal(stage.raw !== undefined, stage.provenance === 'adjusted');
      }
      // Every stage of the way is in the answer once, by its name or inside a merged one.
      const names = stages.flatMap((stage) => stage.merged ?? [stage.name]);
      assert.equal(new Set(names).size, names.length);
      for (const name of ['buffer', 'process'] as const) assert.ok(names.includes(name));
    }),
  );
});
