import { type JsMsg, jetstream } from '@nats-io/jetstream';
import { createDelay } from '../service/delay.ts';
import { INVENTORY_CONSUMER, INVENTORY_RESERVED, PAYMENTS_STREAM } from '../service/names.ts';
import type { Order } from '../service/order.ts';
import { startService } from '../service/service.ts';

/** Reserves the stock of every paid order and tells shipping. */
const service = await startService('inventory');
const { nats, log } = service;
const delay = createDelay('inventory');
const consumer = await jetstream(nats).consumers.get(PAYMENTS_STREAM, INVENTORY_CONSUMER);
const messages = await consumer.consume({ max_messages: 20 });
service.add({ stop: () => messages.close(), done: work() });
service.ready();

async function work(): Promise<void> {
  for await (const message of messages) await handle(message);
}

async function handle(message: JsMsg): Promise<void> {
  const order = message.json<Order>();
  await delay(8);
  const pieces = order.items.reduce((sum, item) => sum + item.quantity, 0);
  nats.publish(INVENTORY_RESERVED, JSON.stringify(order));
  log.info({ orderId: order.orderId, pieces }, `reserved ${pieces} pieces`);
  message.ack();
}
