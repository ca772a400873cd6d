import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { waitFor } from '@hopline/testkit';
import { backoffMs } from '../transport/backoff.ts';
import { RowBuffer, type RowBufferOptions } from './row-buffer.ts';

function buffer(options: Partial<RowBufferOptions<number>> = {}) {
  return new RowBuffer<number>({
    sink: () => undefined,
    batchRows: 3,
    batchAgeMs: 5,
    maxRows: 10,
    ...options,
  });
}

/** A sink whose batches wait until they are let go. */
function slowSink() {
  const batches: number[][] = [];
  const waiting: (() => void)[] = [];
  return {
    batches,
    letGo: () => {
      for (const resolve of waiting.splice(0)) resolve();
    },
    sink: (rows: number[]) => {
      batches.push(rows);
      return new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}

describe('batches', () => {
  test('go out when full, and by age when not', async () => {
    const batches: number[][] = [];
    await using rows = buffer({ sink: (batch) => void batches.push(batch) });
    for (const row of [1, 2, 3, 4]) rows.push(row);
    await waitFor(() => batches.length === 2, { message: 'the second batch' });
    assert.deepEqual(batches, [[1, 2, 3], [4]]);
    assert.deepEqual(rows.status, { buffered: 0, handedOver: 4, dropped: 0 });
  });

  test('never overlap, and keep their order', async () => {
    const { batches, sink, letGo } = slowSink();
    const rows = buffer({ sink });
    for (let row = 1; row <= 7; row++) rows.push(row);
    await waitFor(() => batches.length === 1, { message: 'the first batch' });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(batches.length, 1);
    const closing = rows[Symbol.asyncDispose]();
    await waitFor(
      () => {
        letGo();
        return rows.status.handedOver === 7;
      },
      { message: 'all rows' },
    );
    await closing;
    assert.deepEqual(batches, [[1, 2, 3], [4, 5, 6], [7]]);
  });
});

test('a slow sink fills the buffer to its bound, the rest is dropped and counted', async () => {
  const { batches, sink, letGo } = slowSink();
  let overflows = 0;
  const rows = buffer({ sink, onOverflow: () => void overflows++ });
  for (let row = 0; row < 25; row++) rows.push(row);
  assert.deepEqual(rows.status, { buffered: 10, handedOver: 0, dropped: 15 });
  assert.equal(overflows, 1);
  await waitFor(
    () => {
      letGo();
      return rows.status.buffered === 0;
    },
    { message: 'an empty buffer' },
  );
  assert.deepEqual(batches.flat(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await rows[Symbol.asyncDispose]();
});

test('a refused batch is offered again until it is taken', async () => {
  const taken: number[] = [];
  const errors: unknown[] = [];
  let refusals = 2;
  await using rows = buffer({
    sink: (batch) => {
      if (refusals-- > 0) throw new Error('journal is full');
      taken.push(...batch);
    },
    onSinkError: (error) => void errors.push(error),
  });
  for (const row of [1, 2, 3]) rows.push(row);
  await waitFor(() => taken.length === 3, { message: 'the batch' });
  assert.deepEqual(taken, [1, 2, 3]);
  assert.equal(errors.length, 1);
  assert.deepEqual(rows.status, { buffered: 0, handedOver: 3, dropped: 0 });
});

describe('closing', () => {
  test('hands over what waits', async () => {
    const taken: number[] = [];
    const rows = buffer({ sink: (batch) => void taken.push(...batch), batchAgeMs: 60_000 });
    rows.push(1);
    await rows[Symbol.asyncDispose]();
    assert.deepEqual(taken, [1]);
    rows.push(2);
    assert.deepEqual(rows.status, { buffered: 0, handedOver: 1, dropped: 1 });
  });

  test('gives up a sink that refuses, and counts the loss', async () => {
    const rows = buffer({ sink: () => Promise.reject(new Error('gone')) });
    rows.push(1);
    await rows[Symbol.asyncDispose]();
    assert.deepEqual(rows.status, { buffered: 0, handedOver: 0, dropped: 1 });
  });
});

test('backoff: full jitter below an exponential bound with a cap', () => {
  const bound = (failures: number) =>
    backoffMs(failures, { baseMs: 250, capMs: 10_000, random: () => 0.999_999 });
  assert.deepEqual([0, 1, 2, 3, 6, 1000].map(bound), [249, 499, 999, 1999, 9999, 9999]);
  assert.equal(backoffMs(5, { baseMs: 250, capMs: 10_000, random: () => 0 }), 0);
});
