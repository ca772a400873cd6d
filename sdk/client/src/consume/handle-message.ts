import type { JsMsg } from '@nats-io/jetstream';
import { toError } from '../errors.ts';
import { sendDeadLetter } from './dead-letter.ts';
import type { ConsumeSettings } from './options.ts';
import {
  type Delivery,
  type Handled,
  type HandlerOutcome,
  type Settlement,
  settlementOf,
} from './outcome.ts';

type HandlerResult = { returned: HandlerOutcome } | { threw: Error };

/**
 * One delivery from its arrival to its settlement; a handler that is done when it returns needs no promise.
 * Never throws or rejects.
 */
export function handleMessage(
  message: JsMsg,
  settings: ConsumeSettings,
  signal: AbortSignal,
): Handled | Promise<Handled> {
  if (settings.seen !== undefined) return handleOnce(message, settings, signal);
  try {
    const returned = settings.handler(message, new MessageDelivery(message, signal));
    if (returned !== undefined) return settleWith(message, settings, returned);
  } catch (thrown) {
    return settleWith(message, settings, Promise.reject(toError(thrown)));
  }
  message.ack();
  return 'handled';
}

/** A message that comes again while it is in hand here gets the outcome of the first. */
async function handleOnce(
  message: JsMsg,
  settings: ConsumeSettings,
  signal: AbortSignal,
): Promise<Handled> {
  const { inHand } = settings;
  const id = idOf(message);
  const first = inHand.get(id);
  if (first !== undefined) {
    if ((await first) === 'retried') return retryLater(message, settings, new Error('in hand'));
    message.ack();
    settings.onEvent({ type: 'duplicate', id });
    return 'duplicate';
  }
  const handled = handleUnlessSeen(message, settings, signal);
  inHand.set(id, handled);
  void handled.then(() => inHand.delete(id));
  return await handled;
}

async function handleUnlessSeen(
  message: JsMsg,
  settings: ConsumeSettings,
  signal: AbortSignal,
): Promise<Handled> {
  const { seen, onEvent, handler } = settings;
  const id = idOf(message);
  try {
    if (await seen?.has(id)) {
      message.ack();
      onEvent({ type: 'duplicate', id });
      return 'duplicate';
    }
  } catch (thrown) {
    return retryLater(message, settings, thrown);
  }
  const delivery = new MessageDelivery(message, signal);
  const run = async (): Promise<HandlerOutcome> => (await handler(message, delivery)) ?? undefined;
  return await settleWith(message, settings, run());
}

async function settleWith(
  message: JsMsg,
  settings: ConsumeSettings,
  returned: ReturnType<ConsumeSettings['handler']>,
): Promise<Handled> {
  const settlement = settlementOf(await resultOf(returned), message.info.deliveryCount, {
    maxAttempts: settings.maxAttempts,
    delayMs: () => delayMs(settings, message),
  });
  try {
    return await settle(message, settings, settlement);
  } catch (thrown) {
    return retryLater(message, settings, thrown);
  }
}

async function resultOf(returned: ReturnType<ConsumeSettings['handler']>): Promise<HandlerResult> {
  try {
    return { returned: (await returned) ?? undefined };
  } catch (thrown) {
    return { threw: toError(thrown) };
  }
}

async function settle(
  message: JsMsg,
  settings: ConsumeSettings,
  settlement: Settlement,
): Promise<Handled> {
  if (settlement.settle === 'nak') return retry(message, settings, settlement);
  if (settlement.settle === 'ack') {
    await settings.seen?.add(idOf(message));
    message.ack();
    return 'handled';
  }
  const { reason } = settlement;
  const { deadLetterSubject: subject, jetstream, onEvent } = settings;
  // Stored there before it ends here.
  if (subject !== undefined) await sendDeadLetter(jetstream, message, { subject, reason });
  message.term(reason);
  const { deliveryCount: attempt } = message.info;
  onEvent({ type: 'dead letter', id: idOf(message), attempt, reason });
  return 'dead lettered';
}

/** The store of ids or the dead letters' stream failed: nothing is lost, it comes again. */
function retryLater(message: JsMsg, settings: ConsumeSettings, thrown: unknown): 'retried' {
  const reason = toError(thrown).message;
  return retry(message, settings, { delayMs: delayMs(settings, message), reason });
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

function delayMs({ backoff }: ConsumeSettings, message: JsMsg): number {
  const attempt = message.info.deliveryCount;
  return Math.round(backoff({ attempt, round: attempt - 1 }, Math.random));
}

/** Reads what is asked for: few handlers ask for everything. */
class MessageDelivery implements Delivery {
  readonly signal: AbortSignal;
  readonly #message: JsMsg;

  constructor(message: JsMsg, signal: AbortSignal) {
    this.#message = message;
    this.signal = signal;
  }

  get attempt(): number {
    return this.#message.info.deliveryCount;
  }

  get id(): string {
    return idOf(this.#message);
  }
}

function idOf(message: JsMsg): string {
  const { stream, streamSequence } = message.info;
  return message.headers?.get('Nats-Msg-Id') || `${stream}:${streamSequence}`;
}
