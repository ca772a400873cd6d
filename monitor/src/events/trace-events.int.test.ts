import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { HopRow } from '@hopline/model';
import { type NatsCluster, startCluster, startNats, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import {
  type ConnectionOptions,
  connect,
  headers,
  type MsgHdrs,
  type NatsConnection,
} from '@nats-io/transport-node';
import { hopTree } from '../hop-tree.fixture.ts';
import { type Watched, watched } from '../watched.fixture.ts';

const ACCOUNTS = `
  APP {
    jetstream: enabled
    msg_trace: { dest: "hopline.trace", sampling: 100 }
    users: [{ user: app, password: "app" }]
    exports: [
      { service: "fraud.check", allow_trace: true }
      { stream: "shared.>" }
    ]
  }
  SHOP {
    msg_trace: { dest: "hopline.trace", sampling: 100 }
    users: [{ user: shop, password: "shop" }]
    imports: [
      { service: { account: APP, subject: "fraud.check" }, to: "check" }
      { stream: { account: APP, subject: "shared.>" }, allow_trace: true }
    ]
  }
`;

test('hop rows of a cluster with a leaf form the true tree', { timeout: 120_000 }, async (t) => {
  await using cluster = await startCluster({ leaf: true, accounts: ACCOUNTS, noAuthUser: 'app' });
  const { gate, near, far } = await places(cluster);
  await using seen = await watched({ nats: { servers: [...cluster.urls] } });
  await using shopSeen = await watched({
    nats: { servers: [...cluster.urls], user: 'shop', password: 'shop' },
  });
  await using clients = new Clients();
  const producer = await clients.open({ servers: near.url, name: 'producer' });
  const consumer = await clients.open({ servers: far.url, name: 'consumer' });
  const edge = await clients.open({ servers: cluster.leaf.url, name: 'edge' });

  await t.test('core: through the cluster and down to the leaf', async () => {
    consumer.subscribe('orders.*', { callback: () => undefined });
    edge.subscribe('orders.>', { callback: () => undefined });
    const branches = [
      [`  ${far.name} (router ${near.name}) APP orders.created`, '    -> client consumer orders.*'],
      [
        `  ${gate.name} (router ${near.name}) APP orders.created`,
        `    edge (leaf ${gate.name}) APP orders.created`,
        '      -> client edge orders.>',
      ],
    ];
    const expected = [
      `${near.name} (client producer) APP orders.created`,
      ...branches.toSorted().flat(),
    ];
    const rows = await sees(seen, expected, (carried) => {
      producer.publish('orders.created', 'x', { headers: carried });
    });
    keepGolden('core-to-leaf', rows);
  });

  await t.test('core: from the leaf up', async () => {
    await sees(
      seen,
      [
        'edge (client edge) APP orders.created',
        '  -> client edge orders.>',
        `  ${gate.name} (leaf edge) APP orders.created`,
        `    ${far.name} (router ${gate.name}) APP orders.created`,
        '      -> client consumer orders.*',
      ],
      (carried) => edge.publish('orders.created', 'x', { headers: carried }),
    );
  });

  await t.test('queue group: one member of two', async () => {
    for (const member of [producer, consumer]) {
      member.subscribe('work', { queue: 'workers', callback: () => undefined });
    }
    await sees(
      seen,
      [
        `${near.name} (client producer) APP work`,
        // A server prefers its own clients.
        '  -> client producer work queue workers',
      ],
      (carried) => producer.publish('work', 'x', { headers: carried }),
    );
  });

  const manager = await jetstreamManager(consumer);
  for (const [stream, replicas] of [
    ['SINGLE', 1],
    ['TRIPLE', 3],
  ] as const) {
    await t.test(`JetStream: ${replicas} replica(s), from the cluster and the leaf`, async () => {
      const subject = `${stream.toLowerCase()}.stored`;
      await manager.streams.add({
        name: stream,
        subjects: [`${stream.toLowerCase()}.>`],
        num_replicas: replicas,
      });
      const leader = async () => (await manager.streams.info(stream)).cluster?.leader ?? '';
      const at = await waitFor(leader, { message: 'a stream leader' });
      const path = (client: string, ...servers: string[]) =>
        chain([client, ...new Set([...servers, at])], { subject, stream });
      const stored = await sees(seen, path('producer', near.name), async (carried) => {
        await jetstream(producer).publish(subject, 'x', { headers: carried });
      });
      keepGolden(`jetstream-${replicas}`, stored);
      const [leaderRow] = stored.filter((row) => row.stream === stream);
      assert.equal(leaderRow?.store_error, '');
      assert.ok(BigInt(leaderRow?.store_time ?? 0) > BigInt(leaderRow?.time ?? 0));
      await sees(seen, path('edge', 'edge', gate.name), async (carried) => {
        await jetstream(edge).publish(subject, 'x', { headers: carried });
      });
    });
  }

  await t.test('service import and stream export across accounts', async () => {
    const shop = await clients.open({
      servers: near.url,
      name: 'shop',
      user: 'shop',
      pass: 'shop',
    });
    consumer.subscribe('fraud.check', {
      queue: 'fraud',
      callback: (_error, message) => void message.respond('ok'),
    });
    shop.subscribe('shared.>', { callback: () => undefined });
    // The request was made in SHOP, so its events are published there.
    const requested = await sees(
      shopSeen,
      [
        `${near.name} (client shop) SHOP check`,
        `  ${far.name} (router ${near.name}) APP fraud.check`,
        '    -> client consumer fraud.check queue fraud',
      ],
      async (carried) => {
        await shop.request('check', 'x', { headers: carried, timeout: 1000 });
      },
    );
    keepGolden('service-import', requested);
    const shared = await sees(
      seen,
      [`${near.name} (client producer) APP shared.news`, '  -> client shop shared.> in SHOP'],
      (carried) => producer.publish('shared.news', 'x', { headers: carried }),
    );
    keepGolden('stream-export', shared);
  });
});

test('compressed, unsampled and foreign messages on the trace subject', async () => {
  await using server = await startNats();
  await using seen = await watched({ nats: { servers: [server.url] } });
  await using nats = await connect({ servers: server.url });
  for (const encoding of ['gzip', 'snappy', 's2']) {
    const { carried } = traced();
    carried.set('Accept-Encoding', encoding);
    carried.set('X-Filler', 'abc'.repeat(2000));
    nats.publish(encoding, 'x', { headers: carried });
  }
  const unsampled = headers();
  unsampled.set('traceparent', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`);
  nats.publish('unsampled', 'x', { headers: unsampled });
  const asked = headers();
  asked.set('Nats-Trace-Dest', 'hopline.trace');
  nats.publish('asked', 'x', { headers: asked });
  nats.publish('hopline.trace', 'not an event');
  nats.publish('hopline.trace', '{}');
  const { carried } = traced();
  nats.publish('last', 'x', { headers: carried });

  const subjects = () => seen.hops.map((row) => row.subject);
  await waitFor(() => subjects().includes('last'), { message: 'the last event' });
  assert.deepEqual(subjects(), ['gzip', 'snappy', 's2', 'last']);
  assert.ok(
    seen.hops.every((row) => !row.raw.includes('abcabc')),
    'header values are not kept',
  );
  assert.deepEqual(seen.watch.status().refused.traceEvents, {
    'not JSON': 1,
    'not a trace event': 1,
    'no traceparent': 1,
    'unreadable body': 0,
  });
});

/** The server that the leaf hangs on, and the two others. */
async function places(cluster: NatsCluster) {
  const names = await Promise.all(
    cluster.servers.map(async (server) => {
      const response = await fetch(`${server.monitorUrl}/leafz`);
      return ((await response.json()) as { leafs?: unknown[] }).leafs ?? [];
    }),
  );
  const at = names.findIndex((leafs) => leafs.length > 0);
  const [gate, ...others] = [cluster.servers[at], ...cluster.servers.toSpliced(at, 1)];
  const [near, far] = others;
  assert.ok(gate && near && far, 'three servers, one of them with the leaf');
  return { gate, near, far };
}

/** The tree of a message that passes these servers and ends in a stream; first the client's name. */
function chain([client, ...servers]: string[], ends: { subject: string; stream: string }) {
  const lines = servers.map((server, depth) => {
    const before = servers[depth - 1];
    const kind = server === 'edge' || before === 'edge' ? 'leaf' : 'router';
    const from = before === undefined ? `client ${client}` : `${kind} ${before}`;
    return `${'  '.repeat(depth)}${server} (${from}) APP ${ends.subject}`;
  });
  return [...lines, `${'  '.repeat(servers.length)}store ${ends.stream}`];
}

function traced(): { carried: MsgHdrs; traceId: string } {
  const traceId = randomBytes(16).toString('hex');
  const carried = headers();
  carried.set('traceparent', `00-${traceId}-${randomBytes(8).toString('hex')}-01`);
  return { carried, traceId };
}

/**
 * Publishes until the rows of one message make the expected tree: interest takes a moment to spread
 * through a cluster, and nothing tells when it has.
 */
async function sees(
  { hops }: Watched,
  expected: string[],
  publish: (carried: MsgHdrs) => Promise<void> | void,
): Promise<HopRow[]> {
  let rows: HopRow[] = [];
  const whole = async () => {
    const { carried, traceId } = traced();
    // Without responders yet a request fails: the next one will not.
    await publish(carried);
    const arrived = () => {
      rows = hops.filter((row) => row.trace_id === traceId);
      return isDeepStrictEqual(hopTree(rows), expected);
    };
    return await waitFor(arrived, { message: 'the tree', timeoutMs: 500 });
  };
  try {
    await waitFor(whole, { message: 'the tree', timeoutMs: 15_000 });
  } catch (error) {
    assert.deepEqual(hopTree(rows), expected, String(error));
  }
  return rows;
}

class Clients implements AsyncDisposable {
  readonly #open: NatsConnection[] = [];

  async open(options: ConnectionOptions): Promise<NatsConnection> {
    const opened = await connect(options);
    this.#open.push(opened);
    return opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#open.map((opened) => opened.close()));
  }
}

/** UPDATE_GOLDENS=1 keeps real events for the decoder's own tests. */
function keepGolden(name: string, rows: HopRow[]): void {
  if (process.env.UPDATE_GOLDENS !== '1') return;
  const events = rows.map((row) => JSON.parse(row.raw) as unknown);
  const file = new URL(`../endpoints/goldens/${name}.events.json`, import.meta.url);
  writeFileSync(file, JSON.stringify(events));
}
