import assert from 'node:assert/strict';
import { freePort, type NatsServer, startNats, tempDir } from '@hopline/testkit';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { ServiceExitError } from '../errors.ts';
import type { Order } from '../service/order.ts';
import { type RunningOrders, startOrders } from '../start-orders.ts';

export const ORDER = {
  customer: 'a@example.org',
  items: [{ sku: 'sku-1', quantity: 2 }],
  currency: 'EUR',
  totalCents: 4599,
};

export interface Shop extends AsyncDisposable {
  orders: RunningOrders;
  /** Order ids seen by subject. */
  seen: Map<string, Set<string>>;
  /** `<kind> <stream> <consumer> <deliveries>` of consumer advisories. */
  advisories: string[];
  exits: ServiceExitError[];
  logDir: string;
}

interface ShopGiven {
  nats?: NatsServer;
  signal?: AbortSignal;
  client?: 'nats.js' | 'hopline';
}

export async function openShop(ratePerSecond: number, given: ShopGiven = {}): Promise<Shop> {
  await using stack = new AsyncDisposableStack();
  const nats = given.nats ?? stack.use(await startNats({ msgTrace: false }));
  const logs = stack.use(await tempDir('orders'));
  const connection = await connect({ servers: nats.url });
  stack.defer(() => connection.close());
  const seen = watchOrders(connection);
  const advisories = watchAdvisories(connection);
  await connection.flush();
  const exits: ServiceExitError[] = [];
  const orders = await startOrders({
    natsUrls: [nats.url],
    leafUrl: null,
    gatewayPort: await freePort(),
    otlpEndpoint: 'http://127.0.0.1:9',
    preload: null,
    ratePerSecond,
    client: given.client ?? 'nats.js',
    logDir: logs.path,
    onServiceExit: (error) => exits.push(error),
    ...(given.signal ? { signal: given.signal } : {}),
  });
  stack.use(orders);
  const owned = stack.move();
  return {
    orders,
    seen,
    advisories,
    exits,
    logDir: logs.path,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function watchOrders(connection: NatsConnection): Map<string, Set<string>> {
  const seen = new Map<string, Set<string>>();
  for (const subject of ['orders.>', 'payments.>', 'inventory.>', 'edge.>']) {
    connection.subscribe(subject, {
      callback: (_, message) => {
        const ids = seen.get(message.subject) ?? new Set();
        seen.set(message.subject, ids.add(message.json<Order>().orderId));
      },
    });
  }
  return seen;
}

function watchAdvisories(connection: NatsConnection): string[] {
  const lines: string[] = [];
  connection.subscribe('$JS.EVENT.ADVISORY.CONSUMER.>', {
    callback: (_, message) => {
      const kind = message.subject.split('.')[4];
      const body = message.json<{ stream: string; consumer: string; deliveries: number }>();
      lines.push(`${kind} ${body.stream} ${body.consumer} ${body.deliveries}`);
    },
  });
  return lines;
}

export async function post(orders: RunningOrders, order: object): Promise<string> {
  const response = await send(orders, order);
  assert.equal(response.status, 202);
  // Without instrumentation there is no trace to name.
  assert.equal(response.headers.get('x-trace-id'), null);
  const answer = (await response.json()) as { orderId: string; traceId: string | null };
  assert.equal(answer.traceId, null);
  return answer.orderId;
}

export const send = (orders: RunningOrders, order: object): Promise<Response> =>
  fetch(`${orders.gatewayUrl}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
