import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startNats, waitFor } from '@hopline/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { isAlive, ORDER, openShop, post, send } from './testing/shop.ts';

suite('orders', { timeout: 180_000 }, () => {
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
