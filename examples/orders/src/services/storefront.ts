import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../service/delay.ts';
import {
  BOUNCING_CUSTOMER,
  FRAUDULENT_CUSTOMER,
  type OrderRequest,
  UNBOOKABLE_CURRENCY,
} from '../service/order.ts';
import { startService } from '../service/service.ts';

/** Orders waiting for an answer at once; past it the shop waits, so a slow gateway is never buried. */
const MAX_IN_FLIGHT = 20;
const POST_TIMEOUT_MS = 5_000;

/** The shop: posts orders to the gateway at a steady rate until it is stopped. */
const service = await startService('storefront');
const { log } = service;
const url = `${process.env.GATEWAY_URL ?? 'http://127.0.0.1:8080'}/orders`;
const ratePerSecond = Number(process.env.RATE_PER_SECOND ?? 6);
const random = seededRandom('storefront');
const stop = new AbortController();
service.add({ stop: () => stop.abort(), done: sell() });
service.ready();

async function sell(): Promise<void> {
  const inFlight = new Set<Promise<void>>();
  for (let number = 1; !stop.signal.aborted; number += 1) {
    const order = post(number).finally(() => inFlight.delete(order));
    inFlight.add(order);
    if (inFlight.size >= MAX_IN_FLIGHT) await Promise.race(inFlight);
    const gapMs = (500 + 1000 * random()) / ratePerSecond;
    await sleep(gapMs, undefined, { signal: stop.signal }).catch(() => undefined);
  }
  await Promise.allSettled(inFlight);
}

async function post(number: number): Promise<void> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(orderOf(number)),
      signal: AbortSignal.timeout(POST_TIMEOUT_MS),
    });
    const answer = await response.text();
    if (!response.ok) log.warn({ number, status: response.status, answer }, 'order refused');
  } catch (error) {
    log.error({ number, error: String(error) }, 'cannot post order');
  }
}

/** Order number `number`; some misbehave, each kind at its own steady pace (README). */
function orderOf(number: number): Partial<OrderRequest> {
  const customer = `customer-${1 + Math.floor(random() * 40)}@example.org`;
  const quantity = 1 + Math.floor(random() * 3);
  const items = [{ sku: `sku-${100 + Math.floor(random() * 12)}`, quantity }];
  const totalCents = 1000 * (1 + Math.floor(random() * 20)) + 99;
  const order = { customer, items, currency: 'EUR', totalCents };
  if (number % 35 === 20) return { ...order, currency: UNBOOKABLE_CURRENCY };
  if (number % 30 === 12) return { ...order, totalCents: totalCents - 99 + 503 };
  if (number % 25 === 9) return { ...order, customer: FRAUDULENT_CUSTOMER };
  if (number % 50 === 17) return { ...order, customer: BOUNCING_CUSTOMER };
  if (number % 60 === 33) return { ...order, items: [] };
  return order;
}
