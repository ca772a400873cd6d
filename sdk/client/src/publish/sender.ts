import type { JetStreamApiError, JetStreamClient } from '@nats-io/jetstream';
import { errors, type NatsConnection } from '@nats-io/nats-core';
import { toError } from '../errors.ts';
import type { OutboundMessage } from './outbound-queue.ts';
import type { SendResult } from './outcome.ts';

/** Sends in the order given and answers for each. Never rejects. */
export interface Sender {
  send(batch: readonly OutboundMessage[], timeoutMs: number): Promise<SendResult[]>;
}

/** Each message is acknowledged by its stream. `Nats-Msg-Id` lets the stream know a repetition. */
export function jetStreamSender(js: JetStreamClient): Sender {
  const sendOne = async (message: OutboundMessage, timeout: number): Promise<SendResult> => {
    try {
      const { subject, data, headers } = message;
      const ack = await js.publish(subject, data, { headers, timeout });
      const { stream, seq, duplicate } = ack;
      return { outcome: 'acknowledged', stream, sequence: seq, duplicate };
    } catch (thrown) {
      return classify(toError(thrown));
    }
  };
  return {
    send: async (batch, timeoutMs) =>
      await Promise.all(batch.map((message) => sendOne(message, timeoutMs))),
  };
}

/** Acknowledged by the PONG that follows the whole batch: the server has read all that came before it. */
export function coreSender(nc: NatsConnection): Sender {
  const sendOne = (message: OutboundMessage): SendResult => {
    try {
      nc.publish(message.subject, message.data, { headers: message.headers });
      return { outcome: 'acknowledged', duplicate: false };
    } catch (thrown) {
      return classify(toError(thrown));
    }
  };
  return {
    async send(batch, timeoutMs) {
      const results = batch.map(sendOne);
      try {
        await within(nc.flush(), timeoutMs);
        return results;
      } catch (thrown) {
        const lost: SendResult = {
          outcome: 'retryable',
          error: toError(thrown),
          mayBeStored: true,
        };
        return results.map((result) => (result.outcome === 'acknowledged' ? lost : result));
      }
    },
  };
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

async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new errors.TimeoutError()), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
