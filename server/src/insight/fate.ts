import { type Fate, formatRfc3339, type UnixNs, unixNs } from '@hopline/model';
import type { AdvisoryHead, HopHead, SpanHead } from '../store/store.ts';
import type { HopTree } from './hops.ts';

/** One attempt: the handler's span and how it was settled. */
export interface AttemptFacts {
  number: number;
  handler: SpanHead;
  settlement: SpanHead | undefined;
}

export interface FateVerdict {
  fate: Fate;
  /** Why, in words. */
  evidence: string;
}

/** Unless the configuration says otherwise: longer than any usual way to a consumer that runs. */
export const UNCONSUMED_AFTER_NS = 60_000_000_000n;

/** Fate at one JetStream consumer. `attempts` in order of number; `advisories` are this consumer's. */
export function consumerFate(
  attempts: readonly AttemptFacts[],
  advisories: readonly AdvisoryHead[],
): FateVerdict {
  const dead = advisories.find((advisory) => advisory.kind === 'max_deliver');
  if (dead) {
    return {
      fate: 'dead-lettered',
      evidence: `MAX_DELIVERIES advisory at ${at(dead.time)} after ${dead.deliveries} deliveries`,
    };
  }
  const terminated = advisories.find((advisory) => advisory.kind === 'terminated');
  if (terminated) {
    const reason = terminated.reason === '' ? '' : `: ${terminated.reason}`;
    return { fate: 'terminated', evidence: `MSG_TERMINATED advisory${reason}` };
  }
  const last = attempts.at(-1);
  if (!last) return untoldFate(advisories);
  return attemptFate(last, Math.max(last.number, attempts.length) - 1);
}

/** A consumer whose spans are still on their way, or that sends none. */
function untoldFate(advisories: readonly AdvisoryHead[]): FateVerdict {
  const nak = advisories.findLast((advisory) => advisory.kind === 'nak');
  return nak
    ? { fate: 'in-flight', evidence: `nak of delivery ${nak.deliveries}; waits for redelivery` }
    : { fate: 'unknown', evidence: 'no attempt is known' };
}

function attemptFate({ number, handler, settlement }: AttemptFacts, repeats: number): FateVerdict {
  const failure = handler.status === 'ERROR' ? ` (${errorText(handler)})` : '';
  const again = `redelivered ${repeats} ${repeats === 1 ? 'time' : 'times'}, then `;
  // Instrumentation may tell on the handler what it did not make a span of.
  switch (settlement?.disposition ?? handler.disposition) {
    case 'ack':
    case 'ack_confirmed':
      if (failure) {
        return { fate: 'failed', evidence: `attempt ${number} failed${failure}, yet was acked` };
      }
      return repeats > 0
        ? { fate: 'redelivered', evidence: `${again}acked at attempt ${number}` }
        : { fate: 'processed', evidence: 'acked at the first attempt' };
    case 'term':
      return { fate: 'terminated', evidence: `term at attempt ${number}${failure}` };
    case 'nak':
      return failure
        ? { fate: 'failed', evidence: `nak at attempt ${number}${failure}` }
        : { fate: 'in-flight', evidence: `nak at attempt ${number}; waits for redelivery` };
    case 'in_progress':
      return { fate: 'in-flight', evidence: `attempt ${number} asked for more time` };
    default:
      if (failure) return { fate: 'failed', evidence: `attempt ${number} failed${failure}` };
      return repeats > 0
        ? { fate: 'redelivered', evidence: `${again}handled without error; no ack was seen` }
        : { fate: 'processed', evidence: 'handled without error; no ack was seen' };
  }
}

/** Fate at one core NATS subscriber: delivered once or not at all. */
export function subscriberFate(handler: SpanHead): FateVerdict {
  return handler.status === 'ERROR'
    ? { fate: 'failed', evidence: `the handler failed (${errorText(handler)})` }
    : { fate: 'processed', evidence: 'the handler ended without error' };
}

/** What became of a message that no consumer is known to have taken. */
export function unclaimedFate(
  publish: SpanHead,
  tree: HopTree,
  age: { now: UnixNs; unconsumedAfterNs: bigint },
): FateVerdict {
  const refused = tree.hops.find((hop) => hop.error !== '');
  if (refused) {
    return { fate: 'dropped', evidence: `${refused.server_name} refused it: ${refused.error}` };
  }
  const unstored = tree.hops.find((hop) => hop.store_error !== '');
  if (unstored) {
    return { fate: 'dropped', evidence: `${unstored.stream} refused it: ${unstored.store_error}` };
  }
  if (publish.status === 'ERROR') {
    return { fate: 'dropped', evidence: `the publish failed (${errorText(publish)})` };
  }
  const isYoung = age.now - unixNs(publish.start) < age.unconsumedAfterNs;
  const stream = publish.stream || tree.stored?.stream;
  if (stream) {
    return isYoung
      ? { fate: 'in-flight', evidence: `stored in ${stream}; no consumer took it yet` }
      : { fate: 'unconsumed', evidence: `stored in ${stream}; no consumer took it` };
  }
  if (tree.origin && tree.missing.length === 0 && !tree.hops.some(isHandedOver)) {
    return { fate: 'dropped', evidence: 'the servers had no subscriber for it' };
  }
  return { fate: 'unknown', evidence: 'no consumer and no server told of it' };
}

/** Also to what is no subscription of a client: the server's own services, an import. */
const isHandedOver = (hop: HopHead): boolean =>
  hop.egress_kind.some(
    (kind, index) =>
      !['router', 'gateway', 'leaf'].includes(kind) && hop.egress_error[index] === '',
  );

const at = (time: string): string => formatRfc3339(unixNs(time));

export const errorText = (span: SpanHead): string =>
  span.status_message || span.error_type || 'error without a message';
