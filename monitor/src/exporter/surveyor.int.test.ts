import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type NatsCluster, type NatsServer, startSuperCluster, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { recordSent } from '../only-reads.fixture.ts';
import { startExporter } from './exporter.ts';
import { ofServers, type Scrape, scrape } from './samples.fixture.ts';
import { documentedShape, shapeOf } from './surveyor-names.fixture.ts';

const sent = recordSent();
after(() => {
  sent.stop();
  sent.assertOnlyReads();
});

test('names, labels and types of nats-surveyor, from leaders only', {
  timeout: 120_000,
}, async () => {
  await using system = await startSuperCluster({
    clusters: [
      { name: 'east', nodes: 3 },
      { name: 'west', nodes: 1 },
    ],
  });
  const { east, west } = system.clusters as Record<'east' | 'west', NatsCluster>;
  await using client = await connect({ servers: [...east.urls] });
  const manager = await jetstreamManager(client);
  await waitFor(
    () => manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'], num_replicas: 3 }),
    { message: 'the stream' },
  );
  const limits = { storage: 'memory', max_bytes: 5_000 } as const;
  await waitFor(() => manager.streams.add({ name: 'CACHE', subjects: ['cache'], ...limits }), {
    message: 'another stream',
  });
  await manager.consumers.add('CACHE', { durable_name: 'single', ack_policy: 'explicit' });
  await manager.consumers.add('ORDERS', { durable_name: 'payment', ack_policy: 'explicit' });
  for (const id of ['1', '2']) {
    await waitFor(() => jetstream(client).publish('orders.x', id, { msgID: id }), {
      message: 'an ack',
    });
  }
  await using far = await connect({ servers: [...west.urls] });
  const heard = client.subscribe('hello', { max: 5 });
  await client.flush();
  await waitFor(
    () => {
      far.publish('hello');
      return heard.getReceived() > 0;
    },
    { message: 'a message through the gateway' },
  );
  await using exporter = await startExporter({
    host: '127.0.0.1',
    port: 0,
    servers: system.monitorUrls,
    endpoints: new Set(),
    native: { intervalMs: 200, names: 'surveyor' },
    limits: { timeoutMs: 2_000 },
  });
  let seen = await scrape(exporter.url);
  await waitFor(
    async () => {
      seen = ofServers(await scrape(exporter.url));
      return only(seen, 'nats_consumer_num_pending').some(([, value]) => value === 2);
    },
    { message: 'the backlog' },
  );
  const documented = Object.entries(await documentedShape('From servers')).filter(
    // No meta layer of this age has made a snapshot.
    ([name]) => !name.startsWith('nats_core_jetstream_meta_snapshot_last_'),
  );
  assert.deepEqual(shapeOf(seen), Object.fromEntries(documented));
  assert.equal(only(seen, 'nats_consumer_num_pending').length, 2);
  const of = (stream: string, name: string) =>
    only(seen, name).find(([key]) => key.includes(`stream="${stream}"`)) ?? ['', Number.NaN];
  const ofOrders = (name: string) => of('ORDERS', name);
  assert.equal(ofOrders('nats_stream_total_messages')[1], 2);
  assert.match(ofOrders('nats_stream_total_messages')[0], /raft_group="S-R3\w+-\w+"/);
  assert.match(ofOrders('nats_consumer_num_pending')[0], /raft_group="C-R3\w+-\w+"/);
  // What is not replicated names no group of its own.
  assert.match(of('CACHE', 'nats_stream_total_messages')[0], /raft_group="S-R1\w+-\w+"/);
  assert.match(of('CACHE', 'nats_consumer_num_pending')[0], /raft_group="C-R1\w+-\w+"/);
  assert.equal(ofOrders('nats_core_account_jetstream_replica_count')[1], 3);
  const [[tierKey, reserved] = ['', 0]] = only(
    seen,
    'nats_core_account_jetstream_tiered_memory_reserved',
  );
  assert.equal(reserved, 5_000);
  assert.match(tierKey, /tier="R1"/);
  const [[fileKey, used] = ['', 0]] = only(seen, 'nats_core_account_jetstream_tiered_storage_used');
  assert.match(fileKey, /tier="R3"/);
  assert.ok(used > 0);
  assert.ok(only(seen, 'nats_core_rtt_nanoseconds').every(([, value]) => value > 1_000));
  assert.ok(only(seen, 'nats_core_uptime').every(([, value]) => value > 0 && value < 3600));
  await links(seen, [...east.servers, ...west.servers]);
  metaLayer(seen);
  accountOf(seen);
  assert.equal(seen.samples.get('nats_survey_surveyed_count{}'), 4);
  assert.equal(seen.samples.get('nats_survey_poll_error_count{}'), 0);
  assert.ok(seen.samples.get('nats_survey_duration_seconds_sum{}')! > 0);

  await east.servers[2]!.kill();
  await waitFor(
    async () => {
      seen = ofServers(await scrape(exporter.url));
      return seen.samples.get('nats_survey_surveyed_count{}') === 3;
    },
    { message: 'a server less' },
  );
  assert.equal(seen.samples.get('nats_survey_expected_count{}'), 4);
  assert.ok(seen.samples.get('nats_survey_no_replies_count{expected="4"}')! > 0);
  assert.equal(only(seen, 'nats_core_mem_bytes').length, 3);
});

/** One row a connection, under the number that the server itself gives it. */
async function links(seen: Scrape, servers: readonly NatsServer[]): Promise<void> {
  const told = async (server: NatsServer, endpoint: string) =>
    (await (await fetch(`${server.monitorUrl}/${endpoint}`)).json()) as Routez & Gatewayz;
  const routes: string[] = [];
  const gateways: string[] = [];
  for (const server of servers) {
    const { routes: found } = await told(server, 'routez');
    routes.push(...found.map(({ rid, remote_name }) => `${server.name} ${remote_name} ${rid}`));
    const { outbound_gateways: out } = await told(server, 'gatewayz');
    for (const [name, { connection }] of Object.entries(out)) {
      gateways.push(`${server.name} ${name} ${connection.cid} ${connection.name}`);
    }
  }
  const row = (key: string, labels: string[]) =>
    labels.map((label) => new RegExp(`\\b${label}="([^"]*)"`).exec(key)?.[1]).join(' ');
  assert.deepEqual(
    only(seen, 'nats_core_route_pending_bytes')
      .map(([key]) => row(key, ['server_name', 'server_route_name', 'server_route_name_id']))
      .toSorted(),
    routes.toSorted(),
  );
  const configured = only(seen, 'nats_core_gatewayz_outbound_gateway_configured');
  assert.deepEqual(
    configured
      .map(([key]) => row(key, ['server_name', 'remote_gateway_name', 'cid', 'gateway_id']))
      .toSorted(),
    gateways.toSorted(),
  );
  assert.ok(configured.every(([, value]) => value === 1));
  assert.ok(
    only(seen, 'nats_core_gatewayz_inbound_gateway_configured').every(([, value]) => value === 0),
  );
  // Three servers in the east have a connection to the west each.
  const inbound = only(seen, 'nats_core_gateway_inbound_msg_count');
  assert.equal(inbound.find(([key]) => key.includes('server_name="west-1"'))?.[1], 3);
}
interface Routez {
  routes: { rid: number; remote_name: string }[];
}
interface Gatewayz {
  outbound_gateways: Record<string, { connection: { cid: number; name: string } }>;
}

function metaLayer(seen: Scrape): void {
  const values = (name: string) =>
    only(seen, `nats_core_jetstream_${name}`)
      .map(([, value]) => value)
      .toSorted();
  assert.deepEqual(values('cluster_raft_group_leader'), [0, 0, 0, 1]);
  assert.deepEqual(values('cluster_raft_group_size'), [4, 4, 4, 4]);
  assert.deepEqual(values('cluster_raft_group_replicas'), [0, 0, 0, 3]);
  assert.deepEqual(values('cluster_raft_group_replica_peer_offline'), [0, 0, 0]);
  assert.deepEqual(values('api_pending'), [0, 0, 0, 0]);
  const sum = (name: string) => values(name).reduce((total, value) => total + value, 0);
  // Three replicas and one; two messages, three times.
  assert.equal(sum('server_total_streams'), 4);
  assert.equal(sum('server_total_stream_leaders'), 2);
  assert.equal(sum('server_total_consumers'), 4);
  assert.equal(sum('server_total_consumer_leaders'), 2);
  assert.equal(sum('server_total_messages'), 6);
  // nats-surveyor has them in each other's label.
  for (const [key] of only(seen, 'nats_core_raftz_meta_applied')) {
    assert.match(
      key,
      /cluster_name="(?:east|west)",server_id="N[A-Z2-7]{55}",server_name="\w+-\d"/,
    );
  }
  assert.equal(only(seen, 'nats_core_raftz_meta_applied').length, 4);
  assert.ok(only(seen, 'nats_core_raftz_meta_pindex').every(([, value]) => value > 0));
}

function accountOf(seen: Scrape): void {
  const total = (name: string) =>
    only(seen, `nats_core_account_${name}`)
      .filter(([key]) => key.includes('account="APP"'))
      .reduce((sum, [, value]) => sum + value, 0);
  const kinds = ['client', 'leaf', 'route', 'gateway'].map((kind) => total(`${kind}_msgs_recv`));
  assert.equal(
    kinds.reduce((sum, value) => sum + value, 0),
    total('msgs_recv'),
  );
  assert.ok(kinds[0]! >= 2, 'two messages came from a client');
  assert.ok(kinds[3]! >= 1, 'one came through the gateway');
  assert.equal(total('jetstream_enabled'), 1);
  assert.equal(total('jetstream_stream_count'), 2);
  assert.ok(total('jetstream_storage_used') > 0);
  const systemAccount = only(seen, 'nats_core_account_jetstream_enabled').find(([key]) =>
    key.includes('"SYS"'),
  );
  assert.equal(systemAccount?.[1], 0);
}

const only = ({ samples }: Scrape, name: string): [key: string, value: number][] =>
  [...samples].filter(([key]) => key.startsWith(`${name}{`));
