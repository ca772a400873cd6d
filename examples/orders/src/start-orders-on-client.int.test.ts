import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { json } from '@hopline/client/codecs/json';
import { SchemaRegistry } from '@hopline/client/schemas';
import { startNats, waitFor } from '@hopline/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import {
  DEAD_LETTERS_STREAM,
  ORDER_CREATED,
  ORDER_SHIPPED,
  ORDER_UNPAID,
  PAYMENT_MAX_DELIVER,
} from './service/names.ts';
import type { Order } from './service/order.ts';
import { ORDER, openShop, post, type Shop, send } from './testing/shop.ts';

/** For a machine that does much else. */
const PATIENT = { timeoutMs: 60_000 };

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
      await waitFor(() => seen.get('edge.labels.printed')?.has(orderId), { message, ...PATIENT });
      assert.ok(seen.get('payments.captured')?.has(orderId));
      assert.ok(seen.get('inventory.reserved')?.has(orderId));
      assert.ok(seen.get('orders.shipped')?.has(orderId));
    }
    await waitFor(() => seen.get('payments.declined')?.has(fraud), {
      message: 'decline',
      ...PATIENT,
    });
    await using closing = new AsyncDisposableStack();
    const connection = await connect({ servers: nats.url });
    closing.defer(async () => await connection.close());
    const manager = await jetstreamManager(connection);
    const dead = await waitFor(
      async () => await manager.streams.getMessage(DEAD_LETTERS_STREAM, { seq: 1 }),
      { message: 'dead letter', ...PATIENT },
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

  await t.test('messages name the versions that the registry has', async () => {
    const connection = await connect({ servers: nats.url });
    try {
      const bucket = await new Kvm(connection).open('schemas');
      const registry = new SchemaRegistry({ bucket, formats: [json] });
      const shipped = await registry.subject(ORDER_SHIPPED);
      assert.equal((await registry.subject(ORDER_CREATED)).versions.length, 1);
      assert.equal(shipped.versions.length, 2);
      const ids = new Map(shipped.versions.map(({ id, version }) => [`${version}`, id]));
      // Either instance ships some.
      await waitFor(
        async () => {
          await post(orders, ORDER);
          const written = await schemasIn(connection, 'ORDERS', ORDER_SHIPPED);
          for (const [version, id] of written) assert.equal(id, ids.get(version));
          return written.size === ids.size;
        },
        { message: 'orders shipped in both versions', ...PATIENT },
      );
      const created = await schemasIn(connection, 'ORDERS', ORDER_CREATED);
      assert.deepEqual([...created.keys()], ['1']);
    } finally {
      await connection.close();
    }
  });

  await t.test(
    'NATS is away for a while: what was accepted is shipped, the rest refused',
    async () => {
      const accepted = new Set<string>();
      const order = async (): Promise<number> => {
        const response = await send(orders, ORDER);
        const body = (await response.json()) as { orderId: string };
        if (response.status === 202) accepted.add(body.orderId);
        return response.status;
      };
      const acceptedAre = async (count: number) =>
        await waitFor(
          async () => {
            await order();
            return accepted.size >= count;
          },
          { message: `${count} orders accepted`, ...PATIENT },
        );
      await acceptedAre(5);
      await using lateFraud = await paused(shop, ['fraud-1', 'fraud-2']);
      await using lateShipping = await paused(shop, ['shipping-1', 'shipping-2']);
      await nats.kill();
      // Nobody is there for longer than a customer waits.
      const refused = await Promise.all(Array.from({ length: 5 }, order));
      assert.deepEqual(refused, [503, 503, 503, 503, 503]);
      await nats.restart();
      await acceptedAre(10);
      // Whoever is back first must neither give orders up nor talk to nobody.
      await waitFor(async () => (await asked(shop)) > 3 * PAYMENT_MAX_DELIVER, {
        message: 'payment asks more often than an order has attempts',
        ...PATIENT,
      });
      await lateFraud[Symbol.asyncDispose]();
      await waitFor(async () => isSubset(accepted, await reserved(shop)), {
        message: 'all that were accepted are reserved',
        ...PATIENT,
      });
      await lateShipping[Symbol.asyncDispose]();
      // What nobody could be told of may be shipped, too; never may what was accepted be missing.
      await waitFor(async () => isSubset(accepted, await shipped(nats.url)), {
        message: 'all that were accepted are shipped',
        ...PATIENT,
      });
      assert.deepEqual(shop.exits, []);
      assert.match(await logOf(shop, 'payment'), /"to":"reconnecting".*"msg":"nats: reconnecting"/);
    },
  );
});

/** Processes that do nothing until disposed: their connections are lost and they do not notice. */
async function paused(shop: Shop, names: readonly string[]): Promise<AsyncDisposable> {
  const logs = await Promise.all(names.map(async (name) => await logOf(shop, name)));
  const pids = logs.map((log) => (JSON.parse(log.split('\n', 1)[0] ?? '') as { pid: number }).pid);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  let isOver = false;
  return {
    [Symbol.asyncDispose]: async () => {
      if (isOver) return;
      isOver = true;
      for (const pid of pids) process.kill(pid, 'SIGCONT');
    },
  };
}

const logOf = async (shop: Shop, name: string): Promise<string> =>
  await readFile(join(shop.logDir, `${name}.log`), 'utf8');

const asked = async (shop: Shop): Promise<number> =>
  (await logOf(shop, 'payment')).split('nobody checks for fraud').length - 1;

async function reserved(shop: Shop): Promise<Set<string>> {
  const log = await logOf(shop, 'inventory');
  return new Set([...log.matchAll(/"orderId":"([^"]+)","pieces"/g)].map(([, id]) => id as string));
}

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  return [...part].every((each) => whole.has(each));
}

/** Version to id, of the messages of one subject that are stored. */
async function schemasIn(
  connection: NatsConnection,
  stream: string,
  subject: string,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const { streams } = await jetstreamManager(connection);
  const { state } = await streams.info(stream);
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const message = await streams.getMessage(stream, { seq });
    if (message?.subject !== subject) continue;
    assert.equal(message.header.get('Schema-Subject'), subject);
    found.set(message.header.get('Schema-Version'), message.header.get('Schema-Id'));
  }
  return found;
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
