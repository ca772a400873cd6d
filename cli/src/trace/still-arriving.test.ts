import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TraceResponse } from '@hopline/model/api';
import { stillArriving } from './still-arriving.ts';

const span = (startMs: number, ms: number): TraceResponse['spans'][number] =>
  ({ start: `${startMs}000000`, duration: `${ms}000000` }) as TraceResponse['spans'][number];

test('a trace that ended seconds ago may be incomplete, whatever order its spans are in', () => {
  const spans = [span(1_000_000, 9_000), span(1_000_000, 20)];
  assert.match(stillArriving(spans, 1_012_000), /ask again/);
  assert.equal(stillArriving(spans, 1_030_000), '');
  assert.equal(stillArriving([], 1_000_000), '');
});
