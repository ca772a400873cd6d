import type { SpanHead } from '../store/store.ts';
import { type FateVerdict, subscriberFate } from './fate.ts';
import type { ClientDelivery, HopTree } from './hops.ts';
import type { MarkedDelivery } from './jetstream-deliveries.ts';
import { attemptMarks, type Handled, publishMarks } from './journey.ts';

/**
 * Deliveries by core NATS subscriptions: every handler span is one, and so is every hand-over that a
 * server reported and no handler accounts for. A hand-over belongs to the handler on the connection of
 * that name and in that queue group; each to one handler.
 */
export function coreDeliveries(
  publish: SpanHead,
  handled: readonly Handled[],
  tree: HopTree,
): MarkedDelivery[] {
  const open = new Set(tree.deliveries);
  const matched = handled.map((one) => {
    const handOver = [...open].find((delivery) => accountsFor(one.handler, delivery));
    if (handOver) open.delete(handOver);
    return handledDelivery(publish, { ...one, handOver }, tree);
  });
  return [...matched, ...[...open].map(silentDelivery)];
}

function accountsFor(handler: SpanHead, delivery: ClientDelivery): boolean {
  return (
    delivery.error === '' &&
    delivery.queue === handler.queue_group &&
    delivery.name === handler.connection
  );
}

function handledDelivery(publish: SpanHead, handled: Handled, tree: HopTree): MarkedDelivery {
  const { handler } = handled;
  const { fate, evidence } = subscriberFate(handler);
  const marks = attemptMarks(handled, tree, publishMarks(publish).published);
  return {
    service: handler.service,
    consumer: '',
    stream: '',
    queueGroup: handler.queue_group,
    attempts: [{ number: 1, handled, marks, kind: 'core' }],
    attemptCount: 1,
    fate,
    fateEvidence: evidence,
    evidence: handled.handOver ? ['client spans', 'server events'] : ['client spans'],
  };
}

function silentDelivery(delivery: ClientDelivery): MarkedDelivery {
  const { fate, evidence } = handOverFate(delivery);
  return {
    service: delivery.name,
    consumer: '',
    stream: '',
    queueGroup: delivery.queue,
    attempts: [],
    attemptCount: delivery.error === '' ? 1 : 0,
    fate,
    fateEvidence: evidence,
    evidence: ['server events'],
  };
}

function handOverFate(delivery: ClientDelivery): FateVerdict {
  const { error, name, connectionId, hop } = delivery;
  const client = name === '' ? `connection ${connectionId}` : name;
  if (error !== '') {
    return {
      fate: 'dropped',
      evidence: `${hop.server_name} could not hand it to ${client}: ${error}`,
    };
  }
  return {
    fate: 'delivered',
    evidence: `${hop.server_name} handed it to ${client}, which sent no span for it`,
  };
}
