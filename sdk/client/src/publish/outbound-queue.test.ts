import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headers } from '@nats-io/nats-core';
import fc from 'fast-check';
import { settleable } from './outbound-entry.ts';
import { type OutboundEntry, OutboundQueue, type QueueLimits } from './outbound-queue.ts';
import type { PublishOutcome } from './outcome.ts';

function entry(queuedMs: number, sizeBytes = 10): OutboundEntry {
  const data = new Uint8Array();
  const outcome = settleable<PublishOutcome>();
  const inContext = <T>(run: () => T): T => run();
  return { subject: 's', data, headers: headers(), sizeBytes, queuedMs, inContext, ...outcome };
}

function queue(limits: Partial<QueueLimits>): OutboundQueue {
  const open = { maxMessages: 1e9, maxBytes: 1e9, maxAgeMs: 1e9 };
  return new OutboundQueue({ ...open, whenFull: 'drop-oldest', ...limits });
}

test('bounds hold, order holds, and every message is either in the queue or counted as dropped', () => {
  const arbitrary = fc.record({
    maxMessages: fc.integer({ min: 1, max: 8 }),
    maxBytes: fc.integer({ min: 1, max: 60 }),
    whenFull: fc.constantFrom('drop-oldest' as const, 'drop-newest' as const, 'refuse' as const),
  });
  const steps = fc.array(fc.oneof(fc.nat(30), fc.constantFrom('send' as const, 'ack' as const)));
  fc.assert(
    fc.property(arbitrary, steps, (limits, actions) => {
      const q = queue(limits);
      let [offered, gone, sent] = [0, 0, 0];
      for (const action of actions) {
        if (action === 'send') {
          const next = q.head(3);
          for (const each of next) each.firstSentMs ??= 1;
          sent = Math.max(sent, next.length);
        } else if (action === 'ack') {
          const done = q.head(1).filter((each) => each.firstSentMs !== undefined);
          for (const each of done) assert.ok(q.remove(each));
          gone += done.length;
          sent = Math.max(0, sent - 1);
        } else {
          const result = q.offer(entry(offered++, action));
          if ('full' in result) gone++;
          else gone += result.dropped.length;
          if ('dropped' in result) {
            assert.ok(result.dropped.every((each) => each.entry.firstSentMs === undefined));
          }
        }
        const all = q.head(1_000);
        assert.equal(all.length + gone, offered);
        assert.ok(all.length <= limits.maxMessages);
        assert.equal(
          q.sizeBytes,
          all.reduce((sum, each) => sum + each.sizeBytes, 0),
        );
        assert.ok(q.sizeBytes <= limits.maxBytes);
        const order = all.map((each) => each.queuedMs);
        assert.deepEqual(
          order,
          [...order].sort((left, right) => left - right),
        );
      }
    }),
  );
});

test('age takes only what was never sent', () => {
  const q = queue({ maxAgeMs: 100 });
  const entries = [0, 10, 20, 90].map((queuedMs) => entry(queuedMs));
  for (const each of entries) q.offer(each);
  (entries[0] as OutboundEntry).firstSentMs = 5;
  assert.equal(q.nextExpiryMs(), 110);
  assert.deepEqual(
    q.expire(120).map((drop) => drop.entry),
    entries.slice(1, 3),
  );
  assert.deepEqual(q.head(9), [entries[0], entries[3]]);
});
