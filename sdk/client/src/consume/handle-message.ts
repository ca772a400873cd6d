import type { JsMsg } from '@nats-io/jetstream';
import { toError } from '../errors.ts';
import { UNMEASURED } from './consumer-metrics.ts';
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
  return runHandler({ message, settings, signal, settle: settleSoon });
}

interface Job {
  readonly message: JsMsg;
  readonly settings: ConsumeSettings;
  readonly signal: AbortSignal;
  readonly settle: (job: Job, result: HandlerResult) => Handled | Promise<Handled>;
  startMs?: number;
}

const DONE: HandlerResult = { returned: undefined };

/** One promise for a handler that is async, none for one that is not: more would cost as much as a fast handler. */
function runHandler(job: Job): Handled | Promise<Handled> {
  const { message, settings, signal } = job;
  if (settings.metrics !== UNMEASURED) job.startMs = performance.now();
  let given: ReturnType<ConsumeSettings['handler']>;
  try {
    given = settings.handler(message, new MessageDelivery(message, signal));
  } catch (thrown) {
    return ended(job, { threw: toError(thrown) });
  }
  if (given === undefined) return ended(job, DONE);
  return Promise.resolve(given).then(
    (value) => ended(job, value === undefined || value === null ? DONE : { returned: value }),
    (thrown: unknown) => ended(job, { threw: toError(thrown) }),
  );
}

function ended(job: Job, result: HandlerResult): Handled | Promise<Handled> {
  if (job.startMs !== undefined) {
    const error = 'threw' in result ? result.threw : undefined;
    job.settings.metrics.handlerEnded(performance.now() - job.startMs, error);
  }
  return job.settle(job, result);
}

/** Without a store of ids nothing need be awaited before a message that was handled is acknowledged. */
function settleSoon(job: Job, result: HandlerResult): Handled | Promise<Handled> {
  if (result !== DONE) return settleAs(job, result);
  try {
    job.message.ack();
    return 'handled';
  } catch (thrown) {
    return retryLater(job.message, job.settings, thrown);
  }
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
  const { seen, onEvent } = settings;
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
  return await runHandler({ message, settings, signal, settle: settleAs });
}

async function settleAs({ message, settings }: Job, result: HandlerResult): Promise<Handled> {
  const settlement = settlementOf(result, message.info.deliveryCount, {
    maxAttempts: settings.maxAttempts,
    delayMs: () => delayMs(settings, message),
  });
  try {
    return await settle(message, settings, settlement);
  } catch (thrown) {
    return retryLater(message, settings, thrown);
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
  try {
    message.nak(delayMs);
  } catch {
    // The connection is closed: it comes again when `ack_wait` is over.
  }
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
