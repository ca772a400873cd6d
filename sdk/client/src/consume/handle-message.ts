import type { JsMsg } from '@nats-io/jetstream';
import { toError } from '../errors.ts';
import { sendDeadLetter } from './dead-letter.ts';
import type { ConsumeSettings } from './options.ts';
import { type HandlerOutcome, type Settlement, settlementOf } from './outcome.ts';

export type Handled = 'handled' | 'duplicate' | 'retried' | 'dead lettered';

/**
 * One delivery from its arrival to its settlement. Never rejects. Until it is settled the server hears
 * every `workingMs` that it is worked on, so that it is not delivered to anyone else.
 */
export async function handleMessage(
  message: JsMsg,
  settings: ConsumeSettings,
  limits: { workingMs: number; signal: AbortSignal },
): Promise<Handled> {
  const working = setInterval(() => message.working(), limits.workingMs);
  try {
    return await handle(message, settings, limits.signal);
  } catch (thrown) {
    // The store of ids or the dead letters' stream failed: nothing is lost, it comes again.
    return retry(message, settings, {
      delayMs: delayMs(settings, message),
      reason: toError(thrown).message,
    });
  } finally {
    clearInterval(working);
  }
}

async function handle(
  message: JsMsg,
  settings: ConsumeSettings,
  signal: AbortSignal,
): Promise<Handled> {
  const { seen, onEvent, maxAttempts } = settings;
  const id = idOf(message);
  if (await seen?.has(id)) {
    message.ack();
    onEvent({ type: 'duplicate', id });
    return 'duplicate';
  }
  const attempt = message.info.deliveryCount;
  const result = await run(() => settings.handler(message, { attempt, id, signal }));
  const settlement = settlementOf(result, attempt, {
    maxAttempts,
    delayMs: () => delayMs(settings, message),
  });
  return await settle(message, settings, settlement);
}

async function settle(
  message: JsMsg,
  settings: ConsumeSettings,
  settlement: Settlement,
): Promise<Handled> {
  if (settlement.settle === 'nak') return retry(message, settings, settlement);
  const id = idOf(message);
  if (settlement.settle === 'ack') {
    await settings.seen?.add(id);
    message.ack();
    return 'handled';
  }
  const { reason } = settlement;
  const { deadLetterSubject: subject, jetstream, onEvent } = settings;
  // Stored there before it ends here.
  if (subject !== undefined) await sendDeadLetter(jetstream, message, { subject, reason });
  message.term(reason);
  onEvent({ type: 'dead letter', id, attempt: message.info.deliveryCount, reason });
  return 'dead lettered';
}

function retry(
  message: JsMsg,
  settings: ConsumeSettings,
  { delayMs, reason }: { delayMs: number; reason: string },
): 'retried' {
  message.nak(delayMs);
  const attempt = message.info.deliveryCount;
  settings.onEvent({ type: 'retry', id: idOf(message), attempt, delayMs, reason });
  return 'retried';
}

async function run(
  work: () => ReturnType<ConsumeSettings['handler']>,
): Promise<{ returned: HandlerOutcome } | { threw: Error }> {
  try {
    return { returned: (await work()) ?? undefined };
  } catch (thrown) {
    return { threw: toError(thrown) };
  }
}

function delayMs({ backoff }: ConsumeSettings, message: JsMsg): number {
  const attempt = message.info.deliveryCount;
  return Math.round(backoff({ attempt, round: attempt - 1 }, Math.random));
}

function idOf(message: JsMsg): string {
  const { stream, streamSequence } = message.info;
  return message.headers?.get('Nats-Msg-Id') || `${stream}:${streamSequence}`;
}
