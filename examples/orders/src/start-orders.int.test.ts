import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { freePort, type NatsServer, startNats, tempDir, waitFor } from '@hopline/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { ServiceExitError } from './errors.ts';
import type { Order } from './service/order.ts';
import { type RunningOrders, startOrders } from './start-orders.ts';

const ORDER = {
  customer: 'a@example.org',
  items: [{ sku: 'sku-1', quantity: 2 }],
  currency: 'EUR',
  totalCents: 4599,
};

suite('orders', { timeout: 60_000 }, () => {
  test('each kind of order takes its way', async () => {
    await using shop = await openShop(0);
    const { seen, orders } = shop;

    const good = await post(orders, ORDER);
    const busy = await post(orders, { ...ORDER, totalCents: 4503 });
    const fraud = await post(orders, { ...ORDER, customer: 'mallory@example.org' });
    const poison = await post(orders, { ...ORDER, currency: 'XTS' });

    for (const orderId of [good, busy]) {
      const message = `label of ${orderId}`;
      await waitFor(() => seen.get('edge.labels.printed')?.has(orderId), { message });
      assert.ok(seen.get('payments.captured')?.has(orderId));
      assert.ok(seen.get('inventory.reserved')?.has(orderId));
      assert.ok(seen.get('orders.shipped')?.has(orderId));
    }
    await waitFor(() => seen.get('payments.declined')?.has(fraud), { message: 'decline' });
    await waitFor(() => shop.advisories.includes('MAX_DELIVERIES ORDERS payment 3'), {
      message: 'dead letter',
    });
    assert.ok(!seen.get('payments.captured')?.has(poison));
    // One nak of the busy order, three of the poison.
    const naks = shop.advisories.filter((line) => line.startsWith('MSG_NAKED')).length;
    assert.equal(naks, 4);
  });

  test('a refused order is a 400 and nothing travels', async () => {
    await using shop = await openShop(0);
    const response = await send(shop.orders, { ...ORDER, items: [] });
    assert.equal(response.status, 400);
    assert.equal(shop.seen.size, 0);
  });

  test('the shop sells by itself, redelivers and gives one up within 20 s', async () => {
    await using shop = await openShop(8);
    await waitFor(() => shop.advisories.some((line) => line.startsWith('MAX_DELIVERIES')), {
      message: 'first dead letter',
      timeoutMs: 20_000,
    });
    assert.ok(shop.advisories.some((line) => line.startsWith('MSG_NAKED')));
    assert.ok((shop.seen.get('orders.shipped')?.size ?? 0) > 5);
  });

  test('stopping leaves no process and no message in work', async () => {
    await using nats = await startNats({ msgTrace: false });
    const shop = await openShop(20, { nats });
    await waitFor(() => (shop.seen.get('orders.shipped')?.size ?? 0) > 3, { message: 'trade' });
    const { pids } = shop.orders;
    await shop[Symbol.asyncDispose]();
    assert.deepEqual(pids.filter(isAlive), []);
    assert.deepEqual(shop.exits, []);
    const connection = await connect({ servers: nats.url });
    const manager = await jetstreamManager(connection);
    for (const [stream, consumer] of [
      ['ORDERS', 'payment'],
      ['PAYMENTS', 'inventory'],
    ] as const) {
      const info = await manager.consumers.info(stream, consumer);
      // Naks that wait for their delay stay; whatever was in a handler was finished.
      assert.ok(info.num_ack_pending <= 4, `${consumer} left ${info.num_ack_pending} unsettled`);
    }
    await connection.close();
  });

  test('a start that is given up leaves no process', async () => {
    await using nats = await startNats({ msgTrace: false });
    const given = new AbortController();
    const opening = openShop(0, { nats, signal: given.signal });
    const reason = new Error('changed my mind');
    setTimeout(() => given.abort(reason), 300);
    await assert.rejects(opening, reason);
    const connection = await connect({ servers: nats.url });
    const clients = await fetch(`${nats.monitorUrl}/connz`).then((answer) => answer.json());
    const { connections } = clients as { connections: { name?: string }[] };
    assert.deepEqual(
      connections.flatMap(({ name }) => name ?? []),
      [],
    );
    await connection.close();
  });

  test('a service that dies is reported with its last lines', async () => {
    await using shop = await openShop(0);
    const [pid] = shop.orders.pids;
    process.kill(pid as number, 'SIGKILL');
    const [exit] = await waitFor(() => shop.exits.length > 0 && shop.exits, { message: 'report' });
    assert.match(exit?.message ?? '', /^cannot keep service audit running: it ended with SIGKILL/);
    assert.match(exit?.lastLines.join('\n') ?? '', /"msg":"ready"/);
  });
});

interface Shop extends AsyncDisposable {
  orders: RunningOrders;
  /** Order ids seen by subject. */
  seen: Map<string, Set<string>>;
  /** `<kind> <stream> <consumer> <deliveries>` of consumer advisories. */
  advisories: string[];
  exits: ServiceExitError[];
}

interface ShopGiven {
  nats?: NatsServer;
  signal?: AbortSignal;
}

async function openShop(ratePerSecond: number, given: ShopGiven = {}): Promise<Shop> {
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

async function post(orders: RunningOrders, order: object): Promise<string> {
  const response = await send(orders, order);
  assert.equal(response.status, 202);
  // Without instrumentation there is no trace to name.
  assert.equal(response.headers.get('x-trace-id'), null);
  const answer = (await response.json()) as { orderId: string; traceId: string | null };
  assert.equal(answer.traceId, null);
  return answer.orderId;
}

const send = (orders: RunningOrders, order: object): Promise<Response> =>
  fetch(`${orders.gatewayUrl}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
