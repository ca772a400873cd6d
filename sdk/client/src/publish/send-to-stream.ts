import type { JetStreamApiError, JetStreamClient } from '@nats-io/jetstream';
import { errors } from '@nats-io/nats-core';
import { toError } from '../errors.ts';
import type { OutboundMessage } from './outbound-queue.ts';
import type { SendResult } from './outcome.ts';
import { withoutStack } from './without-stack.ts';

/** One sending of one message; acknowledged by its stream, which knows a repetition by `Nats-Msg-Id`. Never rejects. */
export async function sendToStream(
  js: JetStreamClient,
  { subject, data, headers }: OutboundMessage,
  timeout: number,
): Promise<SendResult> {
  try {
    const options = headers === undefined ? { timeout } : { headers, timeout };
    const ack = await withoutStack(() => js.publish(subject, data, options));
    const { stream, seq, duplicate } = ack;
    return { outcome: 'acknowledged', stream, sequence: seq, duplicate };
  } catch (thrown) {
    return classify(toError(thrown));
  }
}

/** Whether a failure is worth another try, and whether the message may have been stored all the same. */
export function classify(error: Error): SendResult {
  if (isApiError(error)) {
    // 503: no leader, no room for now, out of resources. The rest is about the message.
    const passing = error.status === 503;
    return passing
      ? { outcome: 'retryable', error, mayBeStored: false }
      : { outcome: 'refused', error };
  }
  if (isNoResponders(error)) return { outcome: 'retryable', error, mayBeStored: false };
  const forGood =
    error instanceof errors.InvalidArgumentError ||
    error instanceof errors.InvalidSubjectError ||
    error instanceof errors.PermissionViolationError ||
    error.cause instanceof errors.PermissionViolationError;
  return forGood
    ? { outcome: 'refused', error }
    : { outcome: 'retryable', error, mayBeStored: true };
}

/** By name: who publishes without JetStream need not have it. */
function isApiError(error: Error): error is JetStreamApiError {
  return error.name === 'JetStreamApiError';
}

/** Nobody listens to the subject: no stream, or none that has a leader now. */
function isNoResponders(error: unknown): boolean {
  if (error instanceof errors.NoRespondersError) return true;
  return error instanceof Error && error.cause !== undefined && isNoResponders(error.cause);
}
