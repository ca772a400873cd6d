import { type UnixNs, unixNs } from '@hopline/model';
import type { SpanHead } from '../store/store.ts';
import { type ClockWindows, clockOffsets, type Mark, type Offsets } from './clocks.ts';
import type { ClientDelivery, HopTree } from './hops.ts';
import { isProcess } from './span-index.ts';
import type { AttemptMarks } from './stages.ts';

/** A handler with what was found about its delivery. */
export interface Handled {
  handler: SpanHead;
  settlement: SpanHead | undefined;
  /** The server's report of this delivery; core NATS only. */
  handOver: ClientDelivery | undefined;
}

const SOME_SERVER = 'server:';

export const startOf = (span: SpanHead): UnixNs => unixNs(span.start);
export const endOf = (span: SpanHead): UnixNs =>
  (BigInt(span.start) + BigInt(span.duration_ns)) as UnixNs;

/** The clock of the process that made the span. */
export const clockOf = (span: Pick<SpanHead, 'service' | 'instance'>): string =>
  `${span.service}/${span.instance}`;
const serverClock = (serverId: string): string => `${SOME_SERVER}${serverId}`;
const timeMark = (time: string, clock: string): Mark | null =>
  time === '0' || time === '' ? null : { at: unixNs(time), clock };

/** T0 and, where the publisher waited for an answer, T1. */
export function publishMarks(publish: SpanHead): { published: Mark; acknowledged: Mark | null } {
  const clock = clockOf(publish);
  const waited =
    publish.stream_seq !== '0' ||
    (publish.operation_name === 'request' && publish.status !== 'ERROR');
  return {
    published: { at: startOf(publish), clock },
    acknowledged: waited ? { at: endOf(publish), clock } : null,
  };
}

/** The marks of one attempt. `begin` is T0, or the end of the attempt before a redelivery. */
export function attemptMarks(handled: Handled, tree: HopTree, begin: Mark | null): AttemptMarks {
  const { handler, settlement, handOver } = handled;
  const clock = clockOf(handler);
  const ended = endOf(handler);
  const settledAt = settlement && timeOfSettlement(settlement);
  // A bare receive ends when the application has the message; its work ends when it settles.
  const started = isProcess(handler) ? startOf(handler) : ended;
  return {
    begin,
    arrived: tree.origin ? timeMark(tree.origin.time, serverClock(tree.origin.server_id)) : null,
    stored: storeMark(handler, tree),
    handedOver: handOver ? timeMark(handOver.time, serverClock(handOver.hop.server_id)) : null,
    received: timeMark(handler.receive_time, clock),
    started: { at: started, clock },
    ended: { at: isProcess(handler) ? ended : (settledAt ?? started), clock },
    settled:
      settlement && settledAt !== undefined ? { at: settledAt, clock: clockOf(settlement) } : null,
  };
}

/** Tst by the consumer's metadata; the clock is that of the stream's leader. */
function storeMark(handler: SpanHead, tree: HopTree): Mark | null {
  const { stored } = tree;
  const leader = stored?.stream === handler.stream ? serverClock(stored.server_id) : SOME_SERVER;
  const told = timeMark(handler.store_time, leader);
  if (told || handler.consumer === '') return told;
  return stored && stored.stream === handler.stream ? timeMark(stored.store_time, leader) : null;
}

/** T7 where the server confirmed, else T6. */
const timeOfSettlement = (settlement: SpanHead): UnixNs =>
  settlement.disposition === 'ack_confirmed' ? endOf(settlement) : startOf(settlement);

/** Where an attempt ended for good: the redelivery's wait begins there. */
export function endMark({ ended, settled }: AttemptMarks): Mark {
  return settled && settled.at > ended.at ? settled : ended;
}

/** Offsets of all clocks of one message; `attempts` of all its deliveries. */
export function journeyOffsets(
  publish: SpanHead,
  attempts: readonly AttemptMarks[],
  windows?: ClockWindows,
): Offsets {
  const { published, acknowledged } = publishMarks(publish);
  const servers = attempts.flatMap(({ arrived, stored, handedOver }) => [
    ...[arrived, stored].flatMap((mark) => (mark ? [{ mark, beforeAnswer: true }] : [])),
    ...(handedOver ? [{ mark: handedOver, beforeAnswer: false }] : []),
  ]);
  const receptions = attempts.map(({ arrived, stored, handedOver, received, started }) => ({
    mark: received ?? started,
    after: stored ?? handedOver ?? arrived ?? published,
  }));
  return clockOffsets({ published, acknowledged, servers, receptions, windows });
}
