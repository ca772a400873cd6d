import { type AssetRow, subjectMatches, type UnixNs, unixNs } from '@hopline/model';
import type { AdvisoryHead, ConsumerProgressRow, SpanHead } from '../store/store.ts';
import type { Mark } from './clocks.ts';
import type { DeliveryPath, Evidence } from './delivery-path.ts';
import { expiredFate, goneFate, progressOf } from './expiry.ts';
import { type AttemptFacts, consumerFate, type FateVerdict } from './fate.ts';
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
  context: {
    tree: HopTree;
    advisories: readonly AdvisoryHead[];
    progress: readonly ConsumerProgressRow[];
  },
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
    const told = consumerFate(facts, advisories);
    const expired = isOpen(facts.at(-1), told)
      ? expiredFate(progressOf(context.progress, { stream, consumer, sequence: stream_seq }))
      : undefined;
    const { fate, evidence: fateEvidence } = expired ?? told;
    const evidence: Evidence[] = ['client spans'];
    if (expired) evidence.push('configuration');
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

/** Due for another attempt, which does not come once the message has left the stream. */
function isOpen(last: AttemptFacts | undefined, { fate }: FateVerdict): boolean {
  const disposition = last?.settlement?.disposition ?? last?.handler.disposition ?? '';
  const isSettled = ['ack', 'ack_confirmed', 'term'].includes(disposition);
  return fate === 'in-flight' || (fate === 'failed' && !isSettled);
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
  { stored, advisories }: { stored: readonly StoredAt[]; advisories: readonly AdvisoryHead[] },
  told: { known: readonly MarkedDelivery[]; progress: readonly ConsumerProgressRow[] },
): MarkedDelivery[] {
  const { known, progress } = told;
  const silent = advisories.filter(
    ({ stream, consumer, stream_seq }) =>
      consumer !== '' &&
      stored.some((at) => at.stream === stream && at.sequence === stream_seq) &&
      !known.some((delivery) => delivery.stream === stream && delivery.consumer === consumer),
  );
  const groups = Map.groupBy(silent, ({ stream, consumer }) => `${stream}/${consumer}`);
  return [...groups.values()].map((group) => {
    const { stream, consumer, stream_seq: sequence } = group[0]!;
    const verdict = consumerFate([], group);
    const expired = expiredFate(progressOf(progress, { stream, consumer, sequence }));
    const { fate, evidence } = (isOpen(undefined, verdict) && expired) || verdict;
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
  context: {
    stored: readonly StoredAt[];
    assets: readonly AssetRow[];
    progress: readonly ConsumerProgressRow[];
    now: UnixNs;
    unconsumedAfterNs: bigint;
  },
  known: readonly MarkedDelivery[],
): MarkedDelivery[] {
  const found: MarkedDelivery[] = [];
  for (const { stream, sequence } of context.stored) {
    if (isAmbiguous(stream, context.assets)) continue;
    for (const asset of context.assets) {
      if (asset.kind !== 'consumer' || asset.stream !== stream) continue;
      if (known.some((one) => one.stream === stream && one.consumer === asset.consumer)) continue;
      if (!wants(asset, publish.subject)) continue;
      const isOld = context.now - unixNs(publish.start) >= context.unconsumedAfterNs;
      const { consumer } = asset;
      const progress = progressOf(context.progress, { stream, consumer, sequence });
      const owner = context.assets.find((one) => one.kind === 'stream' && one.stream === stream);
      const { fate, evidence } =
        lostFate({ owner, asset, sequence, progress }) ??
        reportedFate(asset, BigInt(sequence), isOld);
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

/** Once the message has left the stream, an ack floor that has passed it says little. */
function lostFate(facts: {
  owner: AssetRow | undefined;
  asset: AssetRow;
  sequence: string;
  progress: ConsumerProgressRow | undefined;
}): FateVerdict | undefined {
  const { owner, asset, sequence, progress } = facts;
  if (!owner || BigInt(owner.first_seq) <= BigInt(sequence)) return undefined;
  const expired = expiredFate(progress);
  if (expired) return expired;
  const floor = asset.ack_floor_stream_seq;
  return BigInt(floor) >= BigInt(sequence) ? goneFate(owner, floor, progress) : undefined;
}

function reportedFate(asset: AssetRow, sequence: bigint, isOld: boolean): FateVerdict {
  const floor = BigInt(asset.ack_floor_stream_seq);
  const delivered = BigInt(asset.delivered_stream_seq);
  if (floor >= sequence) {
    return { fate: 'processed', evidence: `the consumer's ack floor ${floor} has passed it` };
  }
  if (delivered >= sequence) {
    return { fate: 'in-flight', evidence: `delivered; the ack floor stands at ${floor}` };
  }
  return {
    fate: isOld ? 'unconsumed' : 'in-flight',
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
