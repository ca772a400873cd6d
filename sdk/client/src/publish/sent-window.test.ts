import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headers, type MsgHdrs } from '@nats-io/nats-core';
import fc from 'fast-check';
import { settleable } from './outbound-entry.ts';
import type { PublishOutcome } from './outcome.ts';
import { type Batch, SentWindow } from './sent-window.ts';

const DONE: PublishOutcome = { outcome: 'acknowledged', duplicate: false };
const SOME = headers();

interface Message {
  data: string;
  batch: Batch;
  headers: MsgHdrs | undefined;
  sizeBytes: number;
}

test('a window is a queue: order, bytes and outcomes are those of an array', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ push: fc.integer({ min: 0, max: 300 }) }),
      fc.record({ settle: fc.constantFrom('now' as const, 'after the next' as const) }),
      fc.constant('take and push again' as const),
    ),
  );
  fc.assert(
    fc.property(steps, (actions) => {
      const window = new SentWindow();
      let model: Message[] = [];
      let marked = window.whole;
      const settled: Batch[] = [];
      let number = 0;
      for (const action of actions) {
        if (action === 'take and push again') {
          const all = window.takeAll();
          assert.deepEqual(
            all.map(({ data, batch, headers }) => [data, batch, headers]),
            model.map(({ data, batch, headers }) => [data, batch, headers]),
          );
          assert.equal(window.length + window.sizeBytes, 0);
          for (const [index, each] of all.entries()) {
            window.open(each.batch);
            window.push(each.subject, each.data, model[index]?.sizeBytes ?? 0);
            if (each.headers) window.attach(each.headers);
          }
          marked = window.whole;
        } else if ('push' in action) {
          const batch: Batch = {
            ...settleable<PublishOutcome>(),
            settle: () => void settled.push(batch),
          };
          window.open(batch);
          for (let n = 0; n < action.push; n++) {
            const given = ++number % 3 === 0 ? SOME : undefined;
            const message = { data: String(number), batch, headers: given, sizeBytes: number % 7 };
            model.push(message);
            window.push('s', message.data, message.sizeBytes);
            if (given) window.attach(given);
          }
        } else {
          if (action.settle === 'now') marked = window.whole;
          settled.length = 0;
          window.settle(marked, DONE);
          const done = new Set(model.slice(0, marked.length).map(({ batch }) => batch));
          // A batch without messages may be settled, too.
          assert.deepEqual(
            settled.filter((batch) => done.has(batch)),
            [...done],
          );
          model = model.slice(marked.length);
          marked = window.whole;
        }
        assert.equal(window.length, model.length);
        assert.equal(
          window.sizeBytes,
          model.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        );
        assert.equal(
          window.batches().reduce((sum, [, count]) => sum + count, 0),
          model.length,
        );
      }
    }),
    { numRuns: 200 },
  );
});
