import { consume, memorySeenIds } from '@hopline/client/consume';
import { createPublisher } from '@hopline/client/publish';
import { jetstream } from '@nats-io/jetstream';
import { createDelay } from '../service/delay.ts';
import { INVENTORY_STREAM, ORDER_SHIPPED, SHIPPING_CONSUMER } from '../service/names.ts';
import type { Order } from '../service/order.ts';
import { openOrderMessages } from '../service-on-client/order-messages.ts';
import { startServiceOnClient } from '../service-on-client/service-on-client.ts';
import { stored } from '../service-on-client/stored.ts';

/** Hands reserved orders to a carrier; several instances share the consumer. */
const service = await startServiceOnClient('shipping');
const { connection, nats, log } = service;
const delay = createDelay(process.env.SERVICE_INSTANCE ?? 'shipping');
const js = jetstream(nats);
const messages = await openOrderMessages(nats);
// A release on its way: one instance has it already and writes the next version.
const isNew = process.env.SERVICE_INSTANCE === 'shipping-2';
const publisher = await createPublisher(connection, { jetstream: js, log });
consume(connection, {
  jetstream: js,
  stream: INVENTORY_STREAM,
  consumer: SHIPPING_CONSUMER,
  // None waits here for its turn while the other instance has nothing to do.
  prefetch: 0,
  seen: memorySeenIds(),
  log,
  handler: async (message) => await ship(await messages.read(message)),
});
service.ready();

async function ship(order: Order): Promise<void> {
  await delay(25);
  const messageId = `shipped-${order.orderId}`;
  const shipped = isNew ? { ...order, carrier: 'parcel-express' } : order;
  const message = { subject: ORDER_SHIPPED, order: shipped, messageId, version: isNew ? 2 : 1 };
  stored(await messages.publish(publisher, message));
  log.info({ orderId: order.orderId }, `order ${order.orderId} handed to the carrier`);
}
