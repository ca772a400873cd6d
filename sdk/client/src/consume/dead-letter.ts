import type { JetStreamClient, JsMsg } from '@nats-io/jetstream';
import { headers as createHeaders, type MsgHdrs } from '@nats-io/nats-core';

/** What a dead letter says about its death, beside the headers that it had. */
export const DEAD_LETTER = {
  reason: 'Dead-Letter-Reason',
  subject: 'Dead-Letter-Subject',
  stream: 'Dead-Letter-Stream',
  sequence: 'Dead-Letter-Sequence',
  consumer: 'Dead-Letter-Consumer',
  attempts: 'Dead-Letter-Attempts',
  time: 'Dead-Letter-Time',
  messageId: 'Dead-Letter-Msg-Id',
} as const;

const MAX_REASON = 500;
/** Headers by which a server acts; on a copy they would act again. */
const SERVER_HEADER = /^nats-/i;

/** Rejects unless a stream has it. Repeated for the same message it is stored once. */
export async function sendDeadLetter(
  js: JetStreamClient,
  message: JsMsg,
  about: { subject: string; reason: string },
): Promise<void> {
  const { stream, streamSequence } = message.info;
  await js.publish(about.subject, message.data, {
    headers: deadLetterHeaders(message, about.reason),
    msgID: `dead-letter:${stream}:${streamSequence}`,
  });
}

function deadLetterHeaders(message: JsMsg, reason: string): MsgHdrs {
  const headers = createHeaders();
  for (const [key, values] of message.headers ?? []) {
    if (SERVER_HEADER.test(key)) continue;
    for (const value of values) headers.append(key, value);
  }
  const { stream, streamSequence, consumer, deliveryCount } = message.info;
  headers.set(DEAD_LETTER.reason, reason.replace(/\s+/g, ' ').slice(0, MAX_REASON) || 'unknown');
  headers.set(DEAD_LETTER.subject, message.subject);
  headers.set(DEAD_LETTER.stream, stream);
  headers.set(DEAD_LETTER.sequence, String(streamSequence));
  headers.set(DEAD_LETTER.consumer, consumer);
  headers.set(DEAD_LETTER.attempts, String(deliveryCount));
  headers.set(DEAD_LETTER.time, new Date().toISOString());
  const messageId = message.headers?.get('Nats-Msg-Id');
  if (messageId) headers.set(DEAD_LETTER.messageId, messageId);
  return headers;
}
