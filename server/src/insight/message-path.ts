import {
  type AssetRow,
  type DurationNs,
  type Fate,
  type MessageId,
  type UnixNs,
  unixNs,
  worstFate,
} from '@hopline/model';
import type { AdvisoryHead, ConsumerProgressRow, HopHead, SpanHead } from '../store/store.ts';
import type { ClockWindows } from './clocks.ts';
import { coreDeliveries } from './core-deliveries.ts';
import type { DeliveryPath } from './delivery-path.ts';
import { latest } from './extremes.ts';
import { UNCONSUMED_AFTER_NS, unclaimedFate } from './fate.ts';
import { type HopTree, hopTree } from './hops.ts';
import {
  handledByConsumers,
  type MarkedDelivery,
  type StoredAt,
  toldByAdvisories,
  toldByAssets,
} from './jetstream-deliveries.ts';
import { type Handled, journeyOffsets, publishMarks } from './journey.ts';
import { type SpanIndex, spanKey } from './span-index.ts';
import { between, stagesOf } from './stages.ts';

/** Everything known of one message. */
export interface MessagePath {
  publish: SpanHead;
  tree: HopTree;
  deliveries: DeliveryPath[];
  outcome: Fate;
  /** From publish to the end of the last handler; null while no handler is known. */
  total: DurationNs | null;
  /** '' for core NATS. */
  stream: string;
  /** '' when nobody told. */
  streamSequence: string;
  storeTime: UnixNs | null;
}

/** What a path is concluded from: all rows that may concern the message; others do no harm. */
export interface PathFacts {
  index: SpanIndex;
  hops: ReadonlyMap<MessageId, readonly HopHead[]>;
  advisories: readonly AdvisoryHead[];
  assets: readonly AssetRow[];
  /** Of messages that have left their stream. Default: none. */
  progress?: readonly ConsumerProgressRow[] | undefined;
  /** Of the processes' clocks. Default: nothing is known. */
  windows?: ClockWindows | undefined;
  now: UnixNs;
  /** Age from which a message that nobody took is `unconsumed`. Default: UNCONSUMED_AFTER_NS. */
  unconsumedAfterNs?: bigint | undefined;
}

/** The path of the message that `publish` created. */
export function messagePath(publish: SpanHead, facts: PathFacts): MessagePath {
  const tree = hopTree(facts.hops.get(spanKey(publish)) ?? []);
  const handled = facts.index.handlersOf(publish).map((handler) => ({
    handler,
    settlement: facts.index.settlementOf(handler),
    handOver: undefined,
  }));
  const stored = storedAt(
    publish,
    handled.map(({ handler }) => handler),
  );
  const marked = markedDeliveries(publish, handled, { ...facts, tree, stored });
  const marks = marked.flatMap(({ attempts }) => attempts.map((attempt) => attempt.marks));
  const offsets = journeyOffsets(publish, marks, facts.windows);
  const deliveries = marked.map((delivery) => ({
    ...delivery,
    attempts: delivery.attempts.map(({ number, handled: one, marks: at, kind }) => ({
      number,
      handler: one.handler,
      settlement: one.settlement,
      stages: stagesOf(at, kind, offsets),
    })),
  }));
  const { published } = publishMarks(publish);
  const totals = marks.map(({ ended }) => between(published, ended, offsets).duration ?? 0n);
  return {
    publish,
    tree,
    deliveries,
    outcome:
      deliveries.length > 0
        ? worstFate(deliveries.map(({ fate }) => fate))
        : unclaimedFate(publish, tree, ageOf(facts)).fate,
    total: (latest(totals) ?? null) as DurationNs | null,
    stream: stored[0]?.stream ?? tree.stored?.stream ?? publish.stream,
    streamSequence: stored[0]?.sequence ?? '',
    storeTime: storeTimeOf(handled, tree),
  };
}

const ageOf = ({ now, unconsumedAfterNs = UNCONSUMED_AFTER_NS }: PathFacts) => ({
  now,
  unconsumedAfterNs,
});

function markedDeliveries(
  publish: SpanHead,
  handled: readonly Handled[],
  facts: PathFacts & { tree: HopTree; stored: readonly StoredAt[] },
): MarkedDelivery[] {
  const { progress = [] } = facts;
  const byConsumers = handledByConsumers(
    publish,
    handled.filter(({ handler }) => handler.consumer !== ''),
    { ...facts, progress },
  );
  const silent = toldByAdvisories(facts, { known: byConsumers, progress });
  const named = [...byConsumers, ...silent];
  return [
    ...named,
    ...toldByAssets(publish, { ...facts, ...ageOf(facts), progress }, named),
    ...coreDeliveries(
      publish,
      handled.filter(({ handler }) => handler.consumer === ''),
      facts.tree,
    ),
  ];
}

/** Where the message is stored: as the PubAck said first, then as its consumers said. */
export function storedAt(publish: SpanHead, handlers: readonly SpanHead[]): StoredAt[] {
  const found = new Map<string, StoredAt>();
  for (const { stream, stream_seq } of [publish, ...handlers]) {
    if (stream === '' || stream_seq === '0') continue;
    found.set(`${stream}/${stream_seq}`, { stream, sequence: stream_seq });
  }
  return [...found.values()];
}

function storeTimeOf(handled: readonly Handled[], tree: HopTree): UnixNs | null {
  const told = handled.find(({ handler }) => handler.store_time !== '0')?.handler.store_time;
  const time = told ?? tree.stored?.store_time;
  return time === undefined ? null : unixNs(time);
}

/** The process span during which `span` was made: the nearest one above it. */
export function handlerAbove(index: SpanIndex, span: SpanHead): SpanHead | undefined {
  const seen = new Set<string>();
  let at: SpanHead | undefined = span;
  while (at && !seen.has(spanKey(at))) {
    seen.add(spanKey(at));
    at = index.parentOf(at);
    if (at?.kind === 'CONSUMER') return at;
  }
  return undefined;
}
