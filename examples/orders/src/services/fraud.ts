import type { Msg } from '@nats-io/nats-core';
import { createDelay } from '../service/delay.ts';
import { FRAUD_CHECK } from '../service/names.ts';
import { FRAUDULENT_CUSTOMER, type Order } from '../service/order.ts';
import { startService } from '../service/service.ts';

/** Answers `fraud.check`; several instances share the queue group. */
const service = await startService('fraud');
const { log } = service;
const delay = createDelay(process.env.SERVICE_INSTANCE ?? 'fraud');
const checks = service.nats.subscribe(FRAUD_CHECK, { queue: 'fraud' });
service.add({ stop: () => checks.drain(), done: work() });
service.ready();

async function work(): Promise<void> {
  for await (const message of checks) await handle(message);
}

async function handle(message: Msg): Promise<void> {
  const order = message.json<Order>();
  await delay(6);
  const isAccepted = order.customer !== FRAUDULENT_CUSTOMER;
  const score = isAccepted ? 0.1 : 0.97;
  log.info({ orderId: order.orderId, score }, `order ${order.orderId} scored ${score}`);
  message.respond(JSON.stringify({ isAccepted, score }));
}
