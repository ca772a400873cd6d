import { setTimeout as sleep } from 'node:timers/promises';
import { FRAUD_CHECK } from '../service/names.ts';
import type { Order } from '../service/order.ts';
import { startService } from '../service/service.ts';

const PAUSE_MS = 1_000;
const TIMEOUT_MS = 2_000;

/** Another company, in a NATS account of its own: asks `fraud.check`, which the shop exports. */
const service = await startService('bank');
const { nats, log } = service;
const stop = new AbortController();
service.add({ stop: () => stop.abort(), done: work() });
service.ready();

async function work(): Promise<void> {
  for (let number = 1; !stop.signal.aborted; number += 1) {
    await check(number);
    await sleep(PAUSE_MS, undefined, { signal: stop.signal }).catch(() => undefined);
  }
}

async function check(number: number): Promise<void> {
  const order: Order = {
    orderId: `loan-${number}`,
    customer: `customer-${1 + (number % 40)}@example.org`,
    items: [],
    currency: 'EUR',
    totalCents: 100_000,
  };
  try {
    await nats.request(FRAUD_CHECK, JSON.stringify(order), { timeout: TIMEOUT_MS });
  } catch (error) {
    // The fraud check may still be starting.
    log.warn({ number, error: String(error) }, 'no answer to a fraud check');
  }
}
