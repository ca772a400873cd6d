import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapAt, rangeOfStep, replayOf, stepAt } from './replay.ts';
import { orderFlow } from './topology-fixture.ts';

const MINUTE_MS = 60_000;

test('steps cover the range without a gap, and are no more than thirty', () => {
  for (const lengthMs of [1, 5_000, MINUTE_MS, 15 * MINUTE_MS, 61 * MINUTE_MS, 9e8, 4e10]) {
    const replay = replayOf({ fromMs: 1_000, toMs: 1_000 + lengthMs });
    assert.ok(replay.count >= 1 && replay.count <= 30, `${lengthMs}: ${replay.count}`);
    let untilMs = 1_000;
    for (let step = 0; step < replay.count; step += 1) {
      const { fromMs, toMs } = rangeOfStep(replay, step);
      assert.equal(fromMs, untilMs);
      assert.ok(toMs > fromMs);
      assert.equal(stepAt(replay, fromMs), step);
      untilMs = toMs;
    }
    assert.equal(untilMs, 1_000 + lengthMs);
  }
});

test('a quarter of an hour goes by in half minutes; a moment outside is the first or last step', () => {
  const replay = replayOf({ fromMs: 0, toMs: 15 * MINUTE_MS });
  assert.equal(replay.stepMs, MINUTE_MS / 2);
  assert.equal(stepAt(replay, -5), 0);
  assert.equal(stepAt(replay, 1e12), 29);
});

test('a moment keeps every node and edge of the range and says which are silent', () => {
  const [from, to] = ['0', '1'];
  const whole = { from, to, ...orderFlow() };
  const moment = {
    from,
    to,
    nodes: whole.nodes
      .filter(({ id }) => id !== 'service:fraud')
      .map((node) => ({ ...node, ratePerSecond: 9, label: 'renamed' })),
    edges: whole.edges.filter(({ to: end }) => end !== 'service:fraud'),
  };
  const { topology, silent } = mapAt(whole, moment);
  assert.deepEqual(
    topology.nodes.map(({ id, label }) => [id, label]),
    whole.nodes.map(({ id, label }) => [id, label]),
  );
  assert.deepEqual([...silent], ['service:fraud', 'subject:fraud.check subscribe service:fraud']);
  const rates = new Map(topology.nodes.map(({ id, ratePerSecond }) => [id, ratePerSecond]));
  assert.equal(rates.get('service:fraud'), 0);
  assert.equal(rates.get('service:payment'), 9);
  assert.equal(topology.edges.at(-1)?.p99, '9000000');
});
