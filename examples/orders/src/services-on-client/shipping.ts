import { consume, memorySeenIds } from '@hopline/client/consume';
import { createPublisher } from '@hopline/client/publish';
import { jetstream } from '@nats-io/jetstream';
import { createDelay } from '../service/delay.ts';
import { INVENTORY_STREAM, ORDER_SHIPPED, SHIPPING_CONSUMER } from '../service/names.ts';
import type { Order } from '../service/order.ts';
import { startServiceOnClient } from '../service-on-client/service-on-client.ts';
import { stored } from '../service-on-client/stored.ts';

/** Hands reserved orders to a carrier; several instances share the consumer. */
const service = await startServiceOnClient('shipping');
const { connection, nats, log } = service;
const delay = createDelay(process.env.SERVICE_INSTANCE ?? 'shipping');
const js = jetstream(nats);
const publisher = await createPublisher(connection, { jetstream: js, log });
consume(connection, {
  jetstream: js,
  stream: INVENTORY_STREAM,
  consumer: SHIPPING_CONSUMER,
  // None waits here for its turn while the other instance has nothing to do.
  prefetch: 0,
  seen: memorySeenIds(),
  log,
  handler: async (message) => await ship(message.json<Order>()),
});
service.ready();

async function ship(order: Order): Promise<void> {
  await delay(25);
  const messageId = `shipped-${order.orderId}`;
  stored(await publisher.publish(ORDER_SHIPPED, JSON.stringify(order), { messageId }));
  log.info({ orderId: order.orderId }, `order ${order.orderId} handed to the carrier`);
}
