import { consume, memorySeenIds } from '@hopline/client/consume';
import { createPublisher } from '@hopline/client/publish';
import { jetstream } from '@nats-io/jetstream';
import { createDelay } from '../service/delay.ts';
import { INVENTORY_CONSUMER, INVENTORY_RESERVED, PAYMENTS_STREAM } from '../service/names.ts';
import type { Order } from '../service/order.ts';
import { startServiceOnClient } from '../service-on-client/service-on-client.ts';

/** Reserves the stock of every paid order and tells shipping. */
const service = await startServiceOnClient('inventory');
const { connection, nats, log } = service;
const delay = createDelay('inventory');
const publisher = await createPublisher(connection, { log });
consume(connection, {
  jetstream: jetstream(nats),
  stream: PAYMENTS_STREAM,
  consumer: INVENTORY_CONSUMER,
  seen: memorySeenIds(),
  log,
  handler: async (message) => await reserve(message.json<Order>()),
});
service.ready();

async function reserve(order: Order): Promise<void> {
  await delay(8);
  const pieces = order.items.reduce((sum, item) => sum + item.quantity, 0);
  // Not lost when the connection is away: it waits, in order, and is confirmed.
  await publisher.publish(INVENTORY_RESERVED, JSON.stringify(order));
  log.info({ orderId: order.orderId, pieces }, `reserved ${pieces} pieces`);
}
