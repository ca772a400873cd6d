import { type JsMsg, jetstream } from '@nats-io/jetstream';
import { createDelay } from '../service/delay.ts';
import { markFailed } from '../service/mark-failed.ts';
import {
  FRAUD_CHECK,
  ORDERS_STREAM,
  PAYMENT_CAPTURED,
  PAYMENT_CONSUMER,
  PAYMENT_DECLINED,
  PAYMENT_MAX_DELIVER,
} from '../service/names.ts';
import { isBusyAmount, type Order, UNBOOKABLE_CURRENCY } from '../service/order.ts';
import { startService } from '../service/service.ts';

const FRAUD_TIMEOUT_MS = 2_000;
const RETRY_DELAY_MS = 400;

/** Takes the money: asks `fraud.check`, books with the provider, tells the result to PAYMENTS. */
const service = await startService('payment');
const { nats, log } = service;
const delay = createDelay('payment');
const js = jetstream(nats);
const consumer = await js.consumers.get(ORDERS_STREAM, PAYMENT_CONSUMER);
const messages = await consumer.consume({ max_messages: 20 });
service.add({ stop: () => messages.close(), done: work() });
service.ready();

async function work(): Promise<void> {
  for await (const message of messages) await handle(message);
}

async function handle(message: JsMsg): Promise<void> {
  const order = message.json<Order>();
  try {
    await pay(order, message.info.deliveryCount);
    message.ack();
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const attempt = message.info.deliveryCount;
    const context = { orderId: order.orderId, attempt, error: error.message };
    if (attempt < PAYMENT_MAX_DELIVER) {
      log.warn(context, `payment of order ${order.orderId} failed, trying again`);
    } else {
      log.error(context, `payment of order ${order.orderId} failed for the last time`);
    }
    markFailed(error);
    message.nak(RETRY_DELAY_MS);
  }
}

async function pay(order: Order, attempt: number): Promise<void> {
  const verdict = await nats.request(FRAUD_CHECK, JSON.stringify(order), {
    timeout: FRAUD_TIMEOUT_MS,
  });
  const { isAccepted, score } = verdict.json<{ isAccepted: boolean; score: number }>();
  if (!isAccepted) {
    log.warn({ orderId: order.orderId, score }, `order ${order.orderId} declined: fraud suspected`);
    await publish(PAYMENT_DECLINED, order);
    return;
  }
  await book(order, attempt);
  await publish(PAYMENT_CAPTURED, order);
  log.info({ orderId: order.orderId }, `captured ${order.totalCents} ${order.currency} cents`);
}

/** The payment provider, as far as this example has one. */
async function book(order: Order, attempt: number): Promise<void> {
  await delay(18);
  if (order.currency === UNBOOKABLE_CURRENCY) {
    throw new Error(`provider cannot book ${order.currency}`);
  }
  if (attempt === 1 && isBusyAmount(order.totalCents)) throw new Error('provider is busy');
}

async function publish(subject: string, order: Order): Promise<void> {
  // The id makes a second capture of the same order, after a lost ack, a duplicate that is not stored.
  await js.publish(subject, JSON.stringify(order), { msgID: `${subject}-${order.orderId}` });
}
