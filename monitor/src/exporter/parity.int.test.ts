import assert from 'node:assert/strict';
import { after, before as beforeAll, suite, test } from 'node:test';
import {
  freePort,
  type NatsCluster,
  type NatsServer,
  startCluster,
  startNats,
  waitFor,
} from '@hopline/testkit';
import { connect } from '@nats-io/transport-node';
import { recordSent } from '../only-reads.fixture.ts';
import { ALL, fill, JSZ, parityDifferences, SWITCHES } from './parity.fixture.ts';
import { findRealExporter } from './real-exporter.fixture.ts';

const sent = recordSent();
after(() => {
  sent.stop();
  sent.assertOnlyReads();
});

const ACCOUNTS = `
  APP { jetstream: enabled, users: [{ user: app, password: app }] }
  BILLING { jetstream: enabled, users: [{ user: billing, password: billing }] }`;

const real = await findRealExporter();
if ('missing' in real) console.error(`hopline: parity is NOT tested: ${real.missing}`);

async function parity(flags: string[], server: NatsServer): Promise<void> {
  assert.ok('path' in real);
  const found = await parityDifferences(real.path, flags, server);
  assert.deepEqual(found, [], `${flags.join(' ')} on ${server.name}`);
}

suite('parity with prometheus-nats-exporter', {
  skip: 'missing' in real ? real.missing : false,
  timeout: 180_000,
}, () => {
  let cluster: NatsCluster;
  let gateways: [NatsServer, NatsServer];
  const stack = new AsyncDisposableStack();

  beforeAll(async () => {
    const started = await Promise.all([
      startCluster({ leaf: true, accounts: ACCOUNTS, noAuthUser: 'app' }),
      startGateways(),
    ]);
    cluster = stack.use(started[0]);
    gateways = started[1];
    for (const gateway of gateways) stack.use(gateway);
    for (const user of ['app', 'billing']) stack.use(await fill(cluster.urls, user));
    const [first] = cluster.servers as [NatsServer];
    stack.use(await connect({ servers: first.url, name: 'measured' }));
    await measured(first);
  });
  after(async () => await stack.disposeAsync());

  for (const flag of [...Object.keys(SWITCHES), ...Object.keys(JSZ)]) {
    test(`${flag} alone, with and without -prefix`, { concurrency: true }, async () => {
      const [server] = flag === '-gatewayz' ? gateways : cluster.servers;
      assert.ok(server);
      await parity([flag], server);
      await parity([flag, '-prefix=nats'], server);
    });
  }

  test('all together, on each server', async () => {
    for (const server of [...cluster.servers, cluster.leaf, ...gateways]) {
      await parity(ALL, server);
    }
    await parity([...ALL, '-prefix=nats'], cluster.servers[0] as NatsServer);
  });

  test('server ids from the server itself', async () => {
    const [server] = cluster.servers as [NatsServer];
    await parity(['-varz', '-use_internal_server_id'], server);
    await parity(['-jsz=all', '-varz', '-use_internal_server_name'], server);
  });

  test('metadata as labels', async () => {
    // The real exporter panics when a stream has a source: only this server has none.
    await using nats = await startNats();
    await using _filled = await fill([nats.url], undefined);
    const keys = ['-jsz_stream_meta_keys=team,tier', '-jsz_consumer_meta_keys=owner'];
    await parity(['-jsz=all', '-varz', ...keys], nats);
  });
});

async function startGateways(): Promise<[NatsServer, NatsServer]> {
  const ports = await Promise.all([freePort(), freePort()]);
  const config = (name: string, port: number | undefined, remote: number | undefined): string =>
    `gateway { name: ${name}, listen: "127.0.0.1:${port}", gateways: [
       { name: ${name === 'east' ? 'west' : 'east'}, urls: ["nats://127.0.0.1:${remote}"] } ] }`;
  const [east, west] = await Promise.all([
    startNats({ name: 'east', jetstream: false, extraConfig: config('east', ports[0], ports[1]) }),
    startNats({ name: 'west', jetstream: false, extraConfig: config('west', ports[1], ports[0]) }),
  ]);
  await waitFor(
    async () => {
      const answer = await (await fetch(`${east.monitorUrl}/gatewayz`)).json();
      const { outbound_gateways: out, inbound_gateways: inbound } = answer as Gatewayz;
      return out?.['west'] && inbound?.['west']?.length;
    },
    { message: 'gateways both ways' },
  );
  return [east, west];
}

/** The server pings a new connection only after a while. */
async function measured(server: NatsServer): Promise<void> {
  await waitFor(
    async () => {
      const answer = await (await fetch(`${server.monitorUrl}/connz`)).json();
      const { connections } = answer as { connections: { name?: string; rtt?: string }[] };
      return connections.some(({ name, rtt }) => name === 'measured' && rtt);
    },
    { message: 'a round-trip time' },
  );
}

interface Gatewayz {
  outbound_gateways?: Record<string, unknown>;
  inbound_gateways?: Record<string, unknown[]>;
}
