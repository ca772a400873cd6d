import { createPublisher } from '@hopline/client/publish';
import { jetstream } from '@nats-io/jetstream';
import type { Msg } from '@nats-io/nats-core';
import { createDelay } from '../service/delay.ts';
import { INVENTORY_RESERVED, ORDER_SHIPPED } from '../service/names.ts';
import type { Order } from '../service/order.ts';
import { startServiceOnClient } from '../service-on-client/service-on-client.ts';
import { stored } from '../service-on-client/stored.ts';

/** Hands reserved orders to a carrier; several instances share the queue group. */
const service = await startServiceOnClient('shipping');
const { connection, nats, log } = service;
const delay = createDelay(process.env.SERVICE_INSTANCE ?? 'shipping');
const publisher = await createPublisher(connection, { jetstream: jetstream(nats), log });
const reservations = nats.subscribe(INVENTORY_RESERVED, { queue: 'shipping' });
service.add({ stop: () => reservations.drain(), done: work() });
service.ready();

async function work(): Promise<void> {
  for await (const message of reservations) await handle(message);
}

async function handle(message: Msg): Promise<void> {
  const order = message.json<Order>();
  await delay(25);
  const messageId = `shipped-${order.orderId}`;
  stored(await publisher.publish(ORDER_SHIPPED, JSON.stringify(order), { messageId }));
  log.info({ orderId: order.orderId }, `order ${order.orderId} handed to the carrier`);
}
