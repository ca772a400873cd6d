import type { Msg, Subscription } from '@nats-io/nats-core';
import { createDelay } from '../service/delay.ts';
import { markFailed } from '../service/mark-failed.ts';
import { LABEL_PRINTED } from '../service/names.ts';
import { BOUNCING_CUSTOMER, type Order } from '../service/order.ts';
import { startService } from '../service/service.ts';

/** Mails the customer at every step of an order, and when its label left the printer. */
const service = await startService('notifications');
const { nats, log } = service;
const delay = createDelay('notifications');
for (const subject of ['orders.>', LABEL_PRINTED]) {
  const subscription = nats.subscribe(subject);
  service.add({ stop: () => subscription.drain(), done: work(subscription) });
}
service.ready();

async function work(subscription: Subscription): Promise<void> {
  for await (const message of subscription) await handle(message);
}

async function handle(message: Msg): Promise<void> {
  const order = message.json<Order>();
  await delay(3);
  if (order.customer === BOUNCING_CUSTOMER) {
    const error = new Error(`mail to ${order.customer} bounced`);
    log.error({ orderId: order.orderId, subject: message.subject }, error.message);
    markFailed(error);
    return;
  }
  log.info({ orderId: order.orderId, subject: message.subject }, `told ${order.customer}`);
}
