import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startNats, waitFor } from '@hopline/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { DEAD_LETTERS_STREAM, ORDER_SHIPPED, ORDER_UNPAID } from './service/names.ts';
import type { Order } from './service/order.ts';
import { ORDER, openShop, post, send } from './testing/shop.ts';

test('orders on @hopline/client', { timeout: 180_000 }, async (t) => {
  await using nats = await startNats({ msgTrace: false });
  await using shop = await openShop(0, { nats, client: 'hopline' });
  const { seen, orders } = shop;

  await t.test('each kind takes its way; what cannot be paid is kept with its cause', async () => {
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
    await using closing = new AsyncDisposableStack();
    const connection = await connect({ servers: nats.url });
    closing.defer(async () => await connection.close());
    const manager = await jetstreamManager(connection);
    const dead = await waitFor(
      async () => await manager.streams.getMessage(DEAD_LETTERS_STREAM, { seq: 1 }),
      { message: 'dead letter' },
    );
    assert.equal(dead.subject, ORDER_UNPAID);
    assert.equal(dead.json<{ orderId: string }>().orderId, poison);
    const header = (name: string) => dead.header.get(`Dead-Letter-${name}`);
    assert.deepEqual(
      [header('Reason'), header('Attempts'), header('Subject')],
      ['provider cannot book XTS', '3', 'orders.created'],
    );
    assert.ok(!seen.get('payments.captured')?.has(poison));
  });

  await t.test(
    'NATS is away for a while: what was accepted is shipped, the rest refused',
    async () => {
      const accepted = new Set<string>();
      const answers = new Map<number, number>();
      const order = async (): Promise<void> => {
        const response = await send(orders, ORDER);
        answers.set(response.status, (answers.get(response.status) ?? 0) + 1);
        const body = (await response.json()) as { orderId: string };
        if (response.status === 202) accepted.add(body.orderId);
      };
      await Promise.all(Array.from({ length: 5 }, order));
      assert.equal(accepted.size, 5);
      await nats.kill();
      // Nobody is there for longer than a customer waits.
      await Promise.all(Array.from({ length: 5 }, order));
      assert.equal(answers.get(503), 5, `${[...answers]}`);
      await nats.restart();
      await waitFor(
        async () => {
          await order();
          return accepted.size >= 10;
        },
        { message: 'orders accepted again', timeoutMs: 20_000 },
      );
      // What nobody could be told of may be shipped, too; never may what was accepted be missing.
      await waitFor(async () => isSubset(accepted, await shipped(nats.url)), {
        message: 'all that were accepted are shipped',
        timeoutMs: 20_000,
      });
      assert.deepEqual(shop.exits, []);
      const log = await readFile(join(shop.logDir, 'payment.log'), 'utf8');
      assert.match(log, /"to":"reconnecting".*"msg":"nats: reconnecting"/);
    },
  );
});

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  return [...part].every((each) => whole.has(each));
}

/** Ids of the orders that the stream says were shipped. */
async function shipped(natsUrl: string): Promise<Set<string>> {
  const connection = await connect({ servers: natsUrl });
  try {
    const ids = new Set<string>();
    const { streams } = await jetstreamManager(connection);
    const { state } = await streams.info('ORDERS');
    for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
      const message = await streams.getMessage('ORDERS', { seq });
      if (message?.subject === ORDER_SHIPPED) ids.add(message.json<Order>().orderId);
    }
    return ids;
  } finally {
    await connection.close();
  }
}
