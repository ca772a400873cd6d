import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { ATTR } from '@hopline/model';
import type { Span, TraceResponse } from '@hopline/model/api';
import {
  type NatsServer,
  type SuperCluster,
  startSuperCluster,
  tempDir,
  waitFor,
} from '@hopline/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { type RunningServer, startServer } from '../main.ts';
import { request, span } from '../otlp/requests.fixture.ts';
import { settings } from './servers.fixture.ts';

const TRACE = 'msg_trace: { dest: "hopline.trace", sampling: 100 }';
const accounts = (trace: string): string => `
  APP {
    jetstream: enabled
    ${trace}
    users: [{ user: app, password: "app" }]
    mappings: { "shop.new": "orders.created" }
    exports: [{ stream: "orders.>" }]
  }
  AUDIT {
    users: [{ user: audit, password: "audit" }]
    imports: [{ stream: { account: APP, subject: "orders.>" }, prefix: "app", allow_trace: true }]
  }
`;

test('one publish through a super-cluster is one tree equal to the real path', {
  timeout: 170_000,
}, async (t) => {
  await using folder = await tempDir('accounts');
  const accountsPath = join(folder.path, 'accounts.conf');
  await writeFile(accountsPath, accounts(TRACE));
  await using place = await startSuperCluster({
    clusters: [
      { name: 'east', nodes: 3 },
      { name: 'west', nodes: 2, leaf: [{ name: 'edge' }] },
    ],
    // Paths of includes start at the configuration's own folder, a neighbour of ours.
    accounts: `include "../${basename(folder.path)}/accounts.conf"`,
    noAuthUser: 'app',
  });
  const { east, west } = place.clusters;
  assert.ok(east && west);
  const [first] = east.servers as [NatsServer];
  await using dataDir = await tempDir('super-cluster');
  await using server = await startServer(
    settings(dataDir.path, {
      logLevel: 'silent',
      nats: { servers: [first.url], traceSubject: 'hopline.heard' },
    }),
  );
  await using clients = new Clients();
  const way = passOn(await clients.open(first, 'way'));
  const manager = await jetstreamManager(await clients.open(first, 'manager'));
  const config = { name: 'ORDERS', subjects: ['orders.>'], num_replicas: 3 };
  const placed = { ...config, placement: { cluster: 'east', tags: [] } };
  // The meta group spans both clusters and may still be settling.
  const added = async () => await manager.streams.add(placed).catch(() => null);
  await waitFor(added, { message: 'a stream of three', timeoutMs: 45_000 });
  const takers: [at: NatsServer, name: string, subject: string, queue?: string][] = [
    [west.servers[0]!, 'picker-1', 'orders.*'],
    [west.servers[1]!, 'picker-2', 'orders.*'],
    [west.leaf, 'till', 'orders.created', 'tills'],
  ];
  for (const [at, name, subject, queue = ''] of takers) {
    const nats = await clients.open(at, name);
    nats.subscribe(subject, { queue, callback: () => undefined });
  }
  const auditor = await clients.open(west.servers[0]!, 'auditor', 'audit');
  auditor.subscribe('app.orders.>', { callback: () => undefined });

  const leader = async () => (await manager.streams.info('ORDERS')).cluster?.leader ?? '';
  const leading = await waitFor(leader, { message: 'a stream leader', timeoutMs: 30_000 });
  // Not the leader's: then the way to the stream is a hop of its own.
  const home = east.servers.find(({ name }) => name !== leading)!;
  const shop = await clients.open(home, 'shop');
  const at = { home, leader: leading, ...(await wayWest(place, home)) };

  await t.test('all servers report', async () => {
    await sees({ server, shop }, realPath(at));
  });

  const reporting = [...new Set([home.name, leading, ...west.servers.map(({ name }) => name)])];
  for (const name of [...reporting, 'edge']) {
    await t.test(`the event of ${name} is lost: incomplete at its place`, async () => {
      way.lose(name);
      const trace = await sees({ server, shop }, withoutReportOf(name, realPath(at)));
      assert.equal(trace.missingHops.length, 1);
      way.lose('');
    });
  }
  await t.test('the leaf does not report: incomplete at its place', async () => {
    await reload(west.leaf, '');
    const trace = await sees({ server, shop }, withoutReportOf('edge', realPath(at)));
    assert.equal(trace.missingHops.length, 1);
    await reload(west.leaf, TRACE);
    await sees({ server, shop }, realPath(at));
  });

  await t.test('a server in the middle does not report: incomplete at its place', async () => {
    await reload(at.gateway, '');
    const path = withoutReportOf(at.gateway.name, realPath(at));
    const trace = await sees({ server, shop }, path);
    assert.equal(trace.missingHops.length, 1);
  });

  async function reload(one: NatsServer, trace: string): Promise<void> {
    await writeFile(accountsPath, accounts(trace));
    const before = one.output().split('Reloaded server configuration').length;
    one.signal('SIGHUP');
    const reloaded = () => one.output().split('Reloaded server configuration').length > before;
    await waitFor(reloaded, { message: `${one.name} reloaded`, timeoutMs: 15_000 });
  }
});

/** Hands the servers' events on to Hopline, but for those of one server. */
function passOn(nats: NatsConnection): { lose: (server: string) => void } {
  let lost = '';
  nats.subscribe('hopline.trace', {
    callback: (_error, msg) => {
      const { server } = msg.json<{ server: { name: string } }>();
      if (server.name !== lost) nats.publish('hopline.heard', msg.data);
    },
  });
  return {
    lose: (server) => {
      lost = server;
    },
  };
}

/** What only that server can tell is unknown: its own line and its leaves, not what is behind it. */
function withoutReportOf(name: string, path: string[]): string[] {
  const depth = (line: string): number => line.search(/\S/);
  const begin = path.findIndex((line) => line.trim().startsWith(`server ${name} `));
  assert.notEqual(begin, -1, name);
  const below = depth(path[begin]!) + 2;
  const length = path.slice(begin + 1).findIndex((line) => depth(line) < below);
  const end = length === -1 ? path.length : begin + 1 + length;
  const silent = path[begin]!.replace(/server .*/, `server ${name} MISSING`);
  const isKept = (line: string) => depth(line) > below || line.trim().startsWith('server ');
  return [
    ...path.slice(0, begin),
    silent,
    ...path.slice(begin + 1, end).filter(isKept),
    ...path.slice(end),
  ];
}

interface Way {
  home: NatsServer;
  /** Name of the stream's leader. */
  leader: string;
  /** The server of the west that `home` sends to. */
  gateway: NatsServer;
  /** The server of the west that the leaf hangs on. */
  gate: NatsServer;
  west: readonly NatsServer[];
}

/** What the servers' monitoring says of their connections: a source that knows no trace events. */
async function wayWest(place: SuperCluster, home: NatsServer) {
  const west = place.clusters.west?.servers ?? [];
  const { outbound_gateways } = await monitored<Gatewayz>(home, '/gatewayz');
  const gatewayId = outbound_gateways.west?.connection.name;
  const facts = await Promise.all(
    west.map(async (server) => ({
      server,
      id: (await monitored<{ server_id: string }>(server, '/varz')).server_id,
      leafs: (await monitored<{ leafs?: unknown[] | null }>(server, '/leafz')).leafs ?? [],
    })),
  );
  const gateway = facts.find(({ id }) => id === gatewayId)?.server;
  const gate = facts.find(({ leafs }) => leafs.length > 0)?.server;
  assert.ok(gateway && gate);
  return { west, gateway, gate };
}

interface Gatewayz {
  outbound_gateways: Record<string, { connection: { name: string } }>;
}

async function monitored<T>(server: NatsServer, path: string): Promise<T> {
  return (await (await fetch(server.monitorUrl + path)).json()) as T;
}

/** The tree as it must be, drawn as `drawn` draws one. */
function realPath({ home, leader, gateway, gate, west }: Way): string[] {
  const atWest = (server: NatsServer): Block[] => [
    [`deliver orders.* to picker-${west.indexOf(server) + 1}`],
    ...(server === west[0]
      ? [['stream-export to AUDIT app.orders.created'], ['deliver orders.> to auditor in AUDIT']]
      : []),
    ...(server === gate
      ? [block(`server edge from leaf ${gate.name}`, [['deliver orders.created to till of tills']])]
      : []),
  ];
  const other = west.find((server) => server !== gateway)!;
  const second = block(`server ${other.name} from router ${gateway.name}`, atWest(other));
  const first = [...atWest(gateway), second];
  return block('publish', [
    block(`server ${home.name} from client shop`, [
      ['mapping to orders.created'],
      leader === home.name
        ? ['store ORDERS']
        : block(`server ${leader} from router ${home.name}`, [['store ORDERS']]),
      block(`server ${gateway.name} from gateway ${home.name}`, first),
    ]),
  ]);
}

type Block = string[];

/** Children in order of their text: the order of branches is no property of a tree. */
const block = (title: string, children: Block[]): Block => [
  title,
  ...children
    .toSorted((a, b) => (a[0]! < b[0]! ? -1 : 1))
    .flat()
    .map((line) => `  ${line}`),
];

function drawn({ spans, serverSpans }: TraceResponse): string[] {
  const below = (id: string): Block[] =>
    serverSpans.filter(({ parentSpanId }) => parentSpanId === id).map(one);
  const one = (span: Span): Block =>
    block(titleOf(span), [...changesOf(span), ...below(span.spanId)]);
  return spans.flatMap((publish) => block(publish.name, below(publish.spanId)));
}

function titleOf({ name, attributes }: Span): string {
  if (attributes[ATTR.hopMissing] === 'true') return `${name} MISSING`;
  if (name.startsWith('store')) return name;
  if (name.startsWith('server')) {
    return `${name} from ${attributes[ATTR.ingressKind]} ${attributes[ATTR.ingressName]}`;
  }
  const queue = attributes[ATTR.consumerGroup];
  const account = attributes[ATTR.account];
  return [
    `${name} to ${attributes[ATTR.connectionName]}`,
    queue === undefined ? '' : ` of ${queue}`,
    account === 'APP' ? '' : ` in ${account}`,
  ].join('');
}

const changesOf = ({ name, events }: Span): Block[] =>
  events
    .filter((event) => name.startsWith('server') && !event.name.startsWith('to '))
    .map(({ name: kind, attributes }) => {
      const words = [attributes[ATTR.account], attributes[ATTR.subjectAfter]];
      return [`${kind} to ${words.filter(Boolean).join(' ')}`];
    });

/**
 * Publishes until one message's trace is the expected tree: interest takes a moment to cross routes,
 * gateways and leafs, and nothing tells when it has.
 */
async function sees(
  parts: { server: RunningServer; shop: NatsConnection },
  expected: string[],
): Promise<TraceResponse> {
  let trace: TraceResponse | null = null;
  const whole = async (): Promise<boolean> => {
    const ask = await publish(parts);
    const isWhole = async () => {
      trace = await ask();
      return trace !== null && isDeepStrictEqual(drawn(trace), expected);
    };
    return await waitFor(isWhole, { message: 'the tree', timeoutMs: 3_000 }).catch(() => false);
  };
  try {
    await waitFor(whole, { message: 'the tree', timeoutMs: 45_000 });
  } catch {
    assert.deepEqual(trace && drawn(trace), expected);
  }
  assert.ok(trace);
  return trace;
}

/** One message and its publish span; what it gives asks for the trace. */
async function publish({ server, shop }: { server: RunningServer; shop: NatsConnection }) {
  const [traceId, spanId] = [randomBytes(16), randomBytes(8)];
  const own = { trace_id: traceId, span_id: spanId, parent_span_id: Buffer.alloc(0) };
  const body = request('traces', [span({ ...own, name: 'publish', kind: 4 })]);
  await fetch(`${server.otlpHttpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: Buffer.from(body),
  });
  const carried = headers();
  carried.set('traceparent', `00-${traceId.toString('hex')}-${spanId.toString('hex')}-01`);
  shop.publish('shop.new', 'x', { headers: carried });
  return async (): Promise<TraceResponse | null> => {
    const url = `${server.httpUrl}/api/v1/traces/${traceId.toString('hex')}`;
    const response = await fetch(url);
    return response.ok ? ((await response.json()) as TraceResponse) : null;
  };
}

class Clients implements AsyncDisposable {
  readonly #open: NatsConnection[] = [];

  async open(server: NatsServer, name: string, user = 'app'): Promise<NatsConnection> {
    const nats = await connect({ servers: server.url, name, user, pass: user });
    this.#open.push(nats);
    return nats;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#open.map((nats) => nats.close()));
  }
}
