import { consume, memorySeenIds } from '@hopline/client/consume';
import { createPublisher } from '@hopline/client/publish';
import { jetstream } from '@nats-io/jetstream';
import { createDelay } from '../service/delay.ts';
import { INVENTORY_CONSUMER, INVENTORY_RESERVED, PAYMENTS_STREAM } from '../service/names.ts';
import type { Order } from '../service/order.ts';
import { openOrderMessages } from '../service-on-client/order-messages.ts';
import { startServiceOnClient } from '../service-on-client/service-on-client.ts';
import { stored } from '../service-on-client/stored.ts';

/** Reserves the stock of every paid order and tells shipping. */
const service = await startServiceOnClient('inventory');
const { connection, nats, log } = service;
const delay = createDelay('inventory');
const js = jetstream(nats);
const messages = await openOrderMessages(nats);
const publisher = await createPublisher(connection, { jetstream: js, log });
consume(connection, {
  jetstream: js,
  stream: PAYMENTS_STREAM,
  consumer: INVENTORY_CONSUMER,
  seen: memorySeenIds(),
  log,
  handler: async (message) => await reserve(await messages.read(message)),
});
service.ready();

async function reserve(order: Order): Promise<void> {
  await delay(8);
  const pieces = order.items.reduce((sum, item) => sum + item.quantity, 0);
  // To a stream: after an outage inventory may be back before shipping is, and nobody would hear of it.
  const messageId = `reserved-${order.orderId}`;
  const message = { subject: INVENTORY_RESERVED, order, messageId };
  stored(await messages.publish(publisher, message));
  log.info({ orderId: order.orderId, pieces }, `reserved ${pieces} pieces`);
}
