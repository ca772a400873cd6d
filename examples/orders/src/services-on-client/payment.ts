import { setTimeout as sleep } from 'node:timers/promises';
import { fixed } from '@hopline/client/connect';
import { consume, memorySeenIds } from '@hopline/client/consume';
import { createPublisher } from '@hopline/client/publish';
import { jetstream } from '@nats-io/jetstream';
import { errors } from '@nats-io/nats-core';
import { createDelay } from '../service/delay.ts';
import {
  FRAUD_CHECK,
  ORDER_UNPAID,
  ORDERS_STREAM,
  PAYMENT_CAPTURED,
  PAYMENT_CONSUMER,
  PAYMENT_DECLINED,
  PAYMENT_MAX_DELIVER,
} from '../service/names.ts';
import { isBusyAmount, type Order, UNBOOKABLE_CURRENCY } from '../service/order.ts';
import { openOrderMessages } from '../service-on-client/order-messages.ts';
import { startServiceOnClient } from '../service-on-client/service-on-client.ts';
import { stored } from '../service-on-client/stored.ts';

const FRAUD_TIMEOUT_MS = 2_000;
const RETRY_DELAY_MS = 400;

/** Takes the money: asks `fraud.check`, books with the provider, tells the result to PAYMENTS. */
const service = await startServiceOnClient('payment');
const { connection, nats, log } = service;
const delay = createDelay('payment');
const messages = await openOrderMessages(nats);
const js = jetstream(nats);
const publisher = await createPublisher(connection, { jetstream: js, log });
// How often, how late, what then: said once. The log lines and the dead letter are the client's.
consume(connection, {
  jetstream: js,
  stream: ORDERS_STREAM,
  consumer: PAYMENT_CONSUMER,
  maxAttempts: PAYMENT_MAX_DELIVER,
  backoff: fixed({ delayMs: RETRY_DELAY_MS }),
  deadLetterSubject: ORDER_UNPAID,
  seen: memorySeenIds(),
  log,
  handler: async (message, { attempt }) => await pay(await messages.read(message), attempt),
});
service.ready();

async function pay(order: Order, attempt: number): Promise<void> {
  const { isAccepted, score } = await checkFraud(order);
  if (!isAccepted) {
    log.warn({ orderId: order.orderId, score }, `order ${order.orderId} declined: fraud suspected`);
    await publish(PAYMENT_DECLINED, order);
    return;
  }
  await book(order, attempt);
  await publish(PAYMENT_CAPTURED, order);
  log.info({ orderId: order.orderId }, `captured ${order.totalCents} ${order.currency} cents`);
}

interface Verdict {
  isAccepted: boolean;
  score: number;
}

/** That nobody checks now says nothing of the order, and must not use up its attempts: it waits. */
async function checkFraud(order: Order): Promise<Verdict> {
  for (;;) {
    try {
      const answer = await nats.request(FRAUD_CHECK, JSON.stringify(order), {
        timeout: FRAUD_TIMEOUT_MS,
      });
      return answer.json<Verdict>();
    } catch (error) {
      if (!isAway(error)) throw error;
      log.warn({ orderId: order.orderId }, 'nobody checks for fraud, trying again');
      await sleep(RETRY_DELAY_MS);
    }
  }
}

/** No answer, nobody there, or the connection was lost meanwhile. */
function isAway(error: unknown): boolean {
  const { TimeoutError, RequestError, PermissionViolationError } = errors;
  if (error instanceof TimeoutError) return true;
  return error instanceof RequestError && !(error.cause instanceof PermissionViolationError);
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
  const messageId = `${subject}-${order.orderId}`;
  stored(await messages.publish(publisher, { subject, order, messageId }));
}
