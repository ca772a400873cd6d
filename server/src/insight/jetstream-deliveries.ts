import { type AssetRow, subjectMatches, type UnixNs, unixNs } from '@hopline/model';
import type { AdvisoryHead, SpanHead } from '../store/store.ts';
import type { Mark } from './clocks.ts';
import type { DeliveryPath, Evidence } from './delivery-path.ts';
import { consumerFate, type FateVerdict, UNCONSUMED_AFTER_NS } from './fate.ts';
import type { HopTree } from './hops.ts';
import { attemptMarks, endMark, type Handled, publishMarks } from './journey.ts';
import type { AttemptMarks } from './stages.ts';

/** An attempt before its stages are known: those need the clocks of the whole message. */
export interface MarkedAttempt {
  number: number;
  handled: Handled;
  marks: AttemptMarks;
  kind: 'core' | 'jetstream' | 'redelivery';
}

export interface MarkedDelivery extends Omit<DeliveryPath, 'attempts'> {
  attempts: MarkedAttempt[];
}

/** One message in one stream. */
export interface StoredAt {
  stream: string;
  sequence: string;
}

/** Deliveries by JetStream consumers that sent spans; one for each stream and consumer. */
export function handledByConsumers(
  publish: SpanHead,
  handled: readonly Handled[],
  context: { tree: HopTree; advisories: readonly AdvisoryHead[] },
): MarkedDelivery[] {
  const groups = Map.groupBy(handled, ({ handler }) => `${handler.stream}/${handler.consumer}`);
  return [...groups.values()].map((group) => {
    const attempts = inOrder(publish, group, context.tree);
    const { stream, consumer, stream_seq } = group[0]!.handler;
    const advisories = context.advisories.filter(
      (advisory) =>
        advisory.stream === stream &&
        advisory.consumer === consumer &&
        advisory.stream_seq === stream_seq,
    );
    const facts = attempts.map(({ number, handled: { handler, settlement } }) => ({
      number,
      handler,
      settlement,
    }));
    const { fate, evidence: fateEvidence } = consumerFate(facts, advisories);
    const evidence: Evidence[] = ['client spans'];
    if (advisories.length > 0) evidence.push('advisories');
    return {
      service: group.at(-1)!.handler.service,
      consumer,
      stream,
      queueGroup: group[0]!.handler.queue_group,
      attempts,
      attemptCount: Math.max(
        attempts.length,
        ...attempts.map(({ number }) => number),
        ...advisories.map(({ deliveries }) => deliveries),
      ),
      fate,
      fateEvidence,
      evidence,
    };
  });
}

function inOrder(publish: SpanHead, group: readonly Handled[], tree: HopTree): MarkedAttempt[] {
  const sorted = group.toSorted(
    (a, b) =>
      a.handler.delivery_count - b.handler.delivery_count ||
      Number(BigInt(a.handler.start) - BigInt(b.handler.start)),
  );
  let previousEnd: Mark | null = null;
  return sorted.map((handled, index) => {
    // A client that tells no count: the order stands in for it.
    const number = handled.handler.delivery_count || index + 1;
    const begin = number === 1 ? publishMarks(publish).published : previousEnd;
    const marks = attemptMarks(handled, tree, begin);
    previousEnd = endMark(marks);
    return { number, handled, marks, kind: number === 1 ? 'jetstream' : 'redelivery' };
  });
}

/** Consumers that only an advisory names: they gave up on the message and send no spans. */
export function toldByAdvisories(
  stored: readonly StoredAt[],
  advisories: readonly AdvisoryHead[],
  known: readonly MarkedDelivery[],
): MarkedDelivery[] {
  const silent = advisories.filter(
    ({ stream, consumer, stream_seq }) =>
      consumer !== '' &&
      stored.some((at) => at.stream === stream && at.sequence === stream_seq) &&
      !known.some((delivery) => delivery.stream === stream && delivery.consumer === consumer),
  );
  const groups = Map.groupBy(silent, ({ stream, consumer }) => `${stream}/${consumer}`);
  return [...groups.values()].map((group) => {
    const { stream, consumer } = group[0]!;
    const { fate, evidence } = consumerFate([], group);
    return {
      ...unseen(stream, consumer),
      attemptCount: Math.max(...group.map(({ deliveries }) => deliveries)),
      fate,
      fateEvidence: evidence,
      evidence: ['advisories'],
    };
  });
}

/** Consumers that send no spans, from what the stream's leader reports of them. */
export function toldByAssets(
  publish: SpanHead,
  context: { stored: readonly StoredAt[]; assets: readonly AssetRow[]; now: UnixNs },
  known: readonly MarkedDelivery[],
): MarkedDelivery[] {
  const found: MarkedDelivery[] = [];
  for (const { stream, sequence } of context.stored) {
    if (isAmbiguous(stream, context.assets)) continue;
    for (const asset of context.assets) {
      if (asset.kind !== 'consumer' || asset.stream !== stream) continue;
      if (known.some((one) => one.stream === stream && one.consumer === asset.consumer)) continue;
      if (!wants(asset, publish.subject)) continue;
      const age = context.now - unixNs(publish.start);
      const { fate, evidence } = reportedFate(asset, BigInt(sequence), age);
      found.push({
        ...unseen(stream, asset.consumer),
        queueGroup: asset.queue_group,
        fate,
        fateEvidence: evidence,
        evidence: ['configuration'],
      });
    }
  }
  return found;
}

/** Streams of one name in several accounts or domains: the sequence does not say which one is meant. */
const isAmbiguous = (stream: string, assets: readonly AssetRow[]): boolean =>
  new Set(
    assets
      .filter((asset) => asset.stream === stream)
      .map(({ account, domain }) => `${account} ${domain}`),
  ).size > 1;

const wants = (asset: AssetRow, subject: string): boolean =>
  asset.subjects.length === 0 || asset.subjects.some((filter) => subjectMatches(filter, subject));

function reportedFate(asset: AssetRow, sequence: bigint, ageNs: bigint): FateVerdict {
  const floor = BigInt(asset.ack_floor_stream_seq);
  const delivered = BigInt(asset.delivered_stream_seq);
  if (floor >= sequence) {
    return { fate: 'processed', evidence: `the consumer's ack floor ${floor} has passed it` };
  }
  if (delivered >= sequence) {
    return { fate: 'in-flight', evidence: `delivered; the ack floor stands at ${floor}` };
  }
  return {
    fate: ageNs < UNCONSUMED_AFTER_NS ? 'in-flight' : 'unconsumed',
    evidence: `the consumer has been given messages up to ${delivered}`,
  };
}

const unseen = (stream: string, consumer: string): MarkedDelivery => ({
  service: '',
  consumer,
  stream,
  queueGroup: '',
  attempts: [],
  attemptCount: 0,
  fate: 'unknown',
  fateEvidence: '',
  evidence: [],
});
