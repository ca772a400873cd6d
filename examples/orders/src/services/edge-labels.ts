import type { Msg } from '@nats-io/nats-core';
import { createDelay } from '../service/delay.ts';
import { LABEL_PRINTED, ORDER_SHIPPED } from '../service/names.ts';
import type { Order } from '../service/order.ts';
import { startService } from '../service/service.ts';

/** The label printer of the warehouse: it knows only the leaf node of its own site. */
const service = await startService('edge-labels');
const { nats, log } = service;
const delay = createDelay('edge-labels');
const shipments = nats.subscribe(ORDER_SHIPPED);
service.add({ stop: () => shipments.drain(), done: work() });
service.ready();

async function work(): Promise<void> {
  for await (const message of shipments) await handle(message);
}

async function handle(message: Msg): Promise<void> {
  const order = message.json<Order>();
  await delay(12);
  nats.publish(LABEL_PRINTED, JSON.stringify(order));
  log.info({ orderId: order.orderId }, `label of order ${order.orderId} printed`);
}
