import { jetstream } from '@nats-io/jetstream';
import type { Msg } from '@nats-io/nats-core';
import { createDelay } from '../service/delay.ts';
import { INVENTORY_RESERVED, ORDER_SHIPPED } from '../service/names.ts';
import type { Order } from '../service/order.ts';
import { startService } from '../service/service.ts';

/** Hands reserved orders to a carrier; several instances share the queue group. */
const service = await startService('shipping');
const { nats, log } = service;
const delay = createDelay(process.env.SERVICE_INSTANCE ?? 'shipping');
const js = jetstream(nats);
const reservations = nats.subscribe(INVENTORY_RESERVED, { queue: 'shipping' });
service.add({ stop: () => reservations.drain(), done: work() });
service.ready();

async function work(): Promise<void> {
  for await (const message of reservations) await handle(message);
}

async function handle(message: Msg): Promise<void> {
  const order = message.json<Order>();
  await delay(25);
  await js.publish(ORDER_SHIPPED, JSON.stringify(order), { msgID: `shipped-${order.orderId}` });
  log.info({ orderId: order.orderId }, `order ${order.orderId} handed to the carrier`);
}
