import assert from 'node:assert/strict';
import test from 'node:test';
import { type AssetRow, messageId, type SpanId, type TraceId, unixNs } from '@hopline/model';
import type { ConsumerProgressRow, SpanHead } from '../store/store.ts';
import { messagePath } from './message-path.ts';
import {
  advisoryRow,
  assetRow,
  at,
  processRow,
  publishRow,
  spanId,
  TRACE,
} from './rows-fixture.ts';
import { spanIndex } from './span-index.ts';

const publish = publishRow({ startMs: 0, stream: 'ORDERS', stream_seq: '7' });
const stream = (columns: Partial<AssetRow>) =>
  assetRow({ kind: 'stream', consumer: '', retention: 'limits', ...columns });
const gone = stream({ first_seq: '8' });

const progress = (columns: Partial<ConsumerProgressRow>): ConsumerProgressRow => ({
  account: 'APP',
  domain: '',
  stream: 'ORDERS',
  consumer: 'payment',
  stream_seq: '7',
  left_at: at(20_000),
  stored_until: at(10_000),
  behind_until: at(20_000),
  passed_at: '0',
  ...columns,
});

interface Facts {
  spans?: SpanHead[];
  assets?: AssetRow[];
  progress?: ConsumerProgressRow[];
  advisories?: ReturnType<typeof advisoryRow>[];
}

function outcome({ spans = [], assets = [], advisories = [], ...facts }: Facts): string {
  return messagePath(publish, {
    index: spanIndex([publish, ...spans]),
    hops: new Map([[messageId(TRACE as TraceId, spanId(1) as SpanId), []]]),
    advisories,
    assets,
    now: unixNs(at(200_000)),
    ...facts,
  }).outcome;
}

const behind = assetRow({ ack_floor_stream_seq: '6' });
const passed = assetRow({ ack_floor_stream_seq: '9' });

test('the stream let go of it while the ack floor stood before it: expired', () => {
  assert.equal(outcome({ assets: [gone, behind], progress: [progress({})] }), 'expired');
  const since = progress({ passed_at: at(30_000) });
  assert.equal(outcome({ assets: [gone, passed], progress: [since] }), 'expired', 'for good');
});

test('two servers asked at about the same time prove no order', () => {
  const close = progress({ behind_until: at(20_005), passed_at: at(30_000) });
  assert.equal(outcome({ assets: [gone, passed], progress: [close] }), 'unknown');
  const later = progress({ behind_until: at(30_000) });
  assert.equal(outcome({ assets: [gone, behind], progress: [later] }), 'expired');
});

test('the ack floor passed it while it was stored: processed, whatever became of it later', () => {
  const acked = progress({ behind_until: at(1_000), passed_at: at(10_000) });
  assert.equal(outcome({ assets: [gone, passed], progress: [acked] }), 'processed');
});

test('both between two sweeps: nobody can tell, unless acks are what empties the stream', () => {
  const both = progress({ behind_until: at(10_000), passed_at: at(20_000) });
  assert.equal(outcome({ assets: [gone, passed], progress: [both] }), 'unknown');
  const workqueue = stream({ first_seq: '8', retention: 'workqueue' });
  assert.equal(outcome({ assets: [workqueue, passed], progress: [both] }), 'processed');
});

test('an attempt that was not acked, and no other can come', () => {
  const handler = (columns: Partial<SpanHead>) =>
    processRow({ startMs: 5, stream: 'ORDERS', consumer: 'payment', stream_seq: '7', ...columns });
  const ended = (columns: Partial<SpanHead>) =>
    outcome({ spans: [handler(columns)], assets: [gone, behind], progress: [progress({})] });
  assert.equal(ended({ disposition: 'nak' }), 'expired');
  assert.equal(ended({ disposition: 'nak', status: 'ERROR' }), 'expired');
  assert.equal(ended({ disposition: 'ack' }), 'processed');
  assert.equal(ended({ disposition: 'ack', status: 'ERROR' }), 'failed');
  assert.equal(ended({ disposition: 'term' }), 'terminated');
});

test('a consumer without spans that gave it back: expired, unless the server gave it up before', () => {
  const told = (kind: string) =>
    outcome({ advisories: [advisoryRow({ kind })], assets: [gone], progress: [progress({})] });
  assert.equal(told('nak'), 'expired');
  assert.equal(told('max_deliver'), 'dead-lettered');
});
