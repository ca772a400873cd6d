import type { JsMsg } from '@nats-io/jetstream';

/**
 * What a handler may return. Nothing: done. A throw: to be tried again, as `retry` without a delay of its
 * own. `reject`: it will never work; to the dead letters at once.
 */
export type HandlerOutcome =
  | undefined
  | { outcome: 'retry'; delayMs?: number; reason?: string }
  | { outcome: 'reject'; reason: string };

export interface Delivery {
  /** 1 for the first. */
  readonly attempt: number;
  /** `Nats-Msg-Id`, or stream and sequence where the message has none. */
  readonly id: string;
  /** Aborted when the consumer's deadline to stop has passed, or the connection is closed. */
  readonly signal: AbortSignal;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is the common one.
type Returned = HandlerOutcome | void;

export type Handler = (message: JsMsg, delivery: Delivery) => Promise<Returned> | Returned;

/** What became of one delivery. */
export type Handled = 'handled' | 'duplicate' | 'retried' | 'dead lettered';

/** What is to be done with a message. */
export type Settlement =
  | { settle: 'ack' }
  | { settle: 'nak'; delayMs: number; reason: string }
  | { settle: 'dead letter'; reason: string };

export interface RetryPolicy {
  /** Deliveries of one message, before it goes to the dead letters. */
  readonly maxAttempts: number;
  delayMs(attempt: number): number;
}

/** Pure: the whole policy in one place. */
export function settlementOf(
  result: { returned: HandlerOutcome } | { threw: Error },
  attempt: number,
  policy: RetryPolicy,
): Settlement {
  if ('returned' in result && result.returned === undefined) return { settle: 'ack' };
  const wish = 'threw' in result ? undefined : result.returned;
  const reason = 'threw' in result ? result.threw.message : (wish?.reason ?? 'asked for a retry');
  if (wish?.outcome === 'reject') return { settle: 'dead letter', reason };
  if (attempt >= policy.maxAttempts) return { settle: 'dead letter', reason };
  return { settle: 'nak', delayMs: wish?.delayMs ?? policy.delayMs(attempt), reason };
}
