import assert from 'node:assert/strict';
import test from 'node:test';
import { type AssetRow, unixNs } from '@hopline/model';
import type { AdvisoryHead, HopHead, SpanHead } from '../store/store.ts';
import { hopsByMessage } from './hops.ts';
import { type MessagePath, messagePath } from './message-path.ts';
import {
  advisoryRow,
  assetRow,
  at,
  hopRow,
  OTHER_TRACE,
  processRow,
  publishRow,
  settleRow,
  spanId,
  TRACE,
} from './rows-fixture.ts';
import { spanIndex } from './span-index.ts';

interface Given {
  spans: SpanHead[];
  hops?: HopHead[];
  advisories?: AdvisoryHead[];
  assets?: AssetRow[];
  nowMs?: number;
}

function pathOf({
  spans,
  hops = [],
  advisories = [],
  assets = [],
  nowMs = 5_000,
}: Given): MessagePath {
  const publish = spans.find((span) => span.kind === 'PRODUCER')!;
  return messagePath(publish, {
    index: spanIndex(spans),
    hops: hopsByMessage(hops),
    advisories,
    assets,
    now: unixNs(at(nowMs)),
  });
}

const stagesOf = (path: MessagePath, delivery = 0, attempt = 0): string[] =>
  path.deliveries[delivery]!.attempts[attempt]!.stages.map(
    ({ name, duration }) => `${name} ${Number(duration) / 1e6}`,
  );

const POSITION = { stream: 'ORDERS', stream_seq: '7' };
const publish = publishRow({ startMs: 0, durationMs: 4, ...POSITION });
const delivered = (number: number, startMs: number, more: Partial<SpanHead> = {}): SpanHead =>
  processRow({
    ...POSITION,
    consumer: 'payment',
    span_id: spanId(10 + number),
    startMs,
    durationMs: 10,
    delivery_count: number,
    store_time: at(3),
    receive_time: at(startMs - 1),
    ...more,
  });
const settled = (number: number, startMs: number, disposition: string): SpanHead =>
  settleRow({
    ...POSITION,
    consumer: 'payment',
    span_id: spanId(20 + number),
    parent_span_id: spanId(10 + number),
    delivery_count: number,
    startMs,
    disposition,
  });

test('a JetStream message: servers, stream, consumer', () => {
  const path = pathOf({
    spans: [publish, delivered(1, 6), settled(1, 17, 'ack')],
    hops: [hopRow({ timeMs: 1, stream: 'ORDERS', store_time: at(3) })],
  });
  assert.equal(path.outcome, 'processed');
  assert.equal(path.total, 16_000_000n);
  assert.deepEqual([path.stream, path.streamSequence], ['ORDERS', '7']);
  assert.equal(path.storeTime, unixNs(at(3)));
  assert.deepEqual(stagesOf(path), [
    'send 1',
    'broker 2',
    'queue 2',
    'buffer 1',
    'process 10',
    'settle 1',
  ]);
});

test('by link in a trace of its own or as a child: the same conclusions', () => {
  const child = [delivered(1, 6), settled(1, 17, 'ack')];
  const linked = child.map((span, index) => ({
    ...span,
    trace_id: OTHER_TRACE,
    ...(index === 0
      ? {
          parent_span_id: '',
          link_trace_ids: [TRACE],
          link_span_ids: [publish.span_id],
          link_sequences: ['7'],
        }
      : {}),
  }));
  const shown = ({ deliveries, outcome, total }: MessagePath) => ({
    outcome,
    total,
    deliveries: deliveries.map(({ attempts, ...rest }) => ({
      ...rest,
      stages: attempts.map(({ number, stages }) => ({ number, stages })),
    })),
  });
  assert.deepEqual(
    shown(pathOf({ spans: [publish, ...linked] })),
    shown(pathOf({ spans: [publish, ...child] })),
  );
});

test('attempts apart: a redelivery waits from the end of the attempt before', () => {
  const path = pathOf({
    spans: [
      settled(2, 425, 'ack'),
      delivered(2, 414),
      delivered(1, 6, { status: 'ERROR', status_message: 'busy' }),
      settled(1, 17, 'nak'),
      publish,
    ],
  });
  assert.equal(path.outcome, 'redelivered');
  assert.equal(path.deliveries.length, 1);
  assert.deepEqual(
    path.deliveries[0]!.attempts.map(({ number }) => number),
    [1, 2],
  );
  assert.deepEqual(stagesOf(path, 0, 1), ['queue 396', 'buffer 1', 'process 10', 'settle 1']);
  assert.match(path.deliveries[0]!.fateEvidence, /redelivered 1 time, then acked at attempt 2/);
});

test('dead-lettered by the advisory for this stream, sequence and consumer alone', () => {
  const spans = [publish, delivered(1, 6, { status: 'ERROR' }), settled(1, 17, 'nak')];
  const outcome = (columns: Partial<AdvisoryHead>) =>
    pathOf({ spans, advisories: [advisoryRow(columns)] }).deliveries[0]!;
  const dead = outcome({});
  assert.deepEqual([dead.fate, dead.attemptCount], ['dead-lettered', 3]);
  assert.deepEqual(dead.evidence, ['client spans', 'advisories']);
  for (const other of [{ stream_seq: '8' }, { consumer: 'x' }, { stream: 'X' }]) {
    assert.equal(outcome(other).fate, 'failed', JSON.stringify(other));
  }
});

test('a nak that only an advisory tells of: in flight, whatever the others say', () => {
  const path = pathOf({
    spans: [publish, processRow({ startMs: 6, durationMs: 2 })],
    advisories: [advisoryRow({ kind: 'nak', consumer: 'silent' })],
  });
  assert.equal(path.outcome, 'in-flight');
});

test('an advisory about a consumer that sends no spans', () => {
  const path = pathOf({ spans: [publish], advisories: [advisoryRow({ consumer: 'silent' })] });
  assert.equal(path.outcome, 'dead-lettered');
  assert.deepEqual(path.deliveries[0]!.evidence, ['advisories']);
});

test('consumers that only the leader reports', () => {
  const fate = (columns: Partial<AssetRow>, nowMs?: number) =>
    pathOf({
      spans: [publish],
      assets: [assetRow({ consumer: 'old', ...columns })],
      ...(nowMs === undefined ? {} : { nowMs }),
    });
  assert.equal(fate({ ack_floor_stream_seq: '7', delivered_stream_seq: '9' }).outcome, 'processed');
  assert.equal(fate({ ack_floor_stream_seq: '6', delivered_stream_seq: '7' }).outcome, 'in-flight');
  assert.equal(fate({ delivered_stream_seq: '6' }).outcome, 'in-flight');
  assert.equal(fate({ delivered_stream_seq: '6' }, 120_000).outcome, 'unconsumed');
  assert.equal(fate({ subjects: ['orders.paid'] }).deliveries.length, 0);
  assert.equal(fate({ subjects: ['orders.*'] }).deliveries.length, 1);
  assert.equal(fate({ stream: 'PAYMENTS' }).deliveries.length, 0);
  const twins = [assetRow({}), assetRow({ domain: 'edge' })];
  assert.equal(pathOf({ spans: [publish], assets: twins }).deliveries.length, 0);
});

test('a consumer that reports nothing: delivered, and it hides no other', () => {
  const outcome = (...handlers: ReturnType<typeof processRow>[]) =>
    pathOf({
      spans: [publishRow({ startMs: 0 }), ...handlers],
      hops: [
        hopRow({
          timeMs: 1,
          egresses: [{ kind: 'client', timeMs: 2, name: 'audit', subscription: 'orders.>' }],
        }),
      ],
    }).outcome;
  assert.equal(outcome(), 'delivered');
  assert.equal(outcome(processRow({ startMs: 6, durationMs: 2 })), 'processed');
});

test('core NATS: the server hand-over belongs to the handler on that connection', () => {
  const core = publishRow({ startMs: 0, durationMs: 0.1 });
  const path = pathOf({
    spans: [
      core,
      processRow({
        startMs: 6,
        durationMs: 2,
        service: 'shipping',
        queue_group: 'q',
        receive_time: at(5),
      }),
    ],
    hops: [
      hopRow({
        timeMs: 1,
        egresses: [
          { kind: 'client', timeMs: 2, name: 'shipping', subscription: 'orders.*' },
          { kind: 'client', timeMs: 3, name: 'shipping', subscription: 'orders.*', queue: 'q' },
          { kind: 'client', timeMs: 3, name: 'audit', subscription: 'orders.>' },
          {
            kind: 'client',
            timeMs: 3,
            name: 'slow',
            subscription: 'orders.>',
            error: 'slow consumer',
          },
        ],
      }),
    ],
    nowMs: 60_000,
  });
  assert.deepEqual(stagesOf(path), ['send 1', 'broker 2', 'deliver 2', 'buffer 1', 'process 2']);
  assert.deepEqual(
    path.deliveries.map(({ service, fate, evidence }) => ({ service, fate, evidence })),
    [
      { service: 'shipping', fate: 'processed', evidence: ['client spans', 'server events'] },
      { service: 'shipping', fate: 'delivered', evidence: ['server events'] },
      { service: 'audit', fate: 'delivered', evidence: ['server events'] },
      { service: 'slow', fate: 'dropped', evidence: ['server events'] },
    ],
  );
  assert.equal(path.outcome, 'dropped');
});

test('two instances of a subscriber each have a delivery of their own', () => {
  const path = pathOf({
    spans: [
      publishRow({ startMs: 0 }),
      processRow({ startMs: 2, instance: 'a', span_id: spanId(5) }),
      processRow({ startMs: 2, instance: 'b', span_id: spanId(6) }),
    ],
  });
  assert.deepEqual(
    path.deliveries.map(({ attemptCount }) => attemptCount),
    [1, 1],
  );
});

test('a consumer whose clock is behind: corrected, flagged, never negative', () => {
  const path = pathOf({
    spans: [publish, delivered(1, -50, { receive_time: at(-51) }), settled(1, -39, 'ack')],
  });
  const stages = path.deliveries[0]!.attempts[0]!.stages;
  const queue = stages.find(({ name }) => name === 'queue');
  assert.deepEqual(queue, {
    name: 'queue',
    duration: 0n,
    provenance: 'adjusted',
    raw: -54_000_000n,
  });
  assert.deepEqual(
    stages.filter(({ provenance }) => provenance === 'measured').map(({ name }) => name),
    ['buffer', 'process', 'settle'],
  );
  // T5 on the corrected clock: 54 ms later than it said.
  assert.equal(path.total, 14_000_000n);
});

test('nobody took it', () => {
  assert.equal(pathOf({ spans: [publishRow({ startMs: 0 })] }).outcome, 'unknown');
  assert.equal(pathOf({ spans: [publish] }).outcome, 'in-flight');
  assert.equal(pathOf({ spans: [publish], nowMs: 100_000 }).outcome, 'unconsumed');
  assert.equal(pathOf({ spans: [publish] }).total, null);
});
