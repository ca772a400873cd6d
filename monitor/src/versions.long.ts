/**
 * npm run test:versions: Hopline beside every release line of nats-server that it promises to understand,
 * each built by Go once a checkout. Not part of `npm test`: building them takes minutes.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startNats, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import { startExporter } from './exporter/index.ts';
import { ALL, fill, parityDifferences } from './exporter/parity.fixture.ts';
import { findRealExporter } from './exporter/real-exporter.fixture.ts';
import { scrape } from './exporter/samples.fixture.ts';
import { buildGoProgram } from './go-program.fixture.ts';
import { startWatching } from './watched.fixture.ts';

/** The last release of each line; of 2.13 there is none. */
const VERSIONS = ['2.9.25', '2.10.27', '2.11.17', '2.12.15', '2.14.10', '2.15.3'];
/** 2.11 was the first to tell where a message went. */
const MINOR_THAT_TELLS_HOPS = 11;

const real = await findRealExporter();

for (const version of VERSIONS) {
  const built = await buildGoProgram(`github.com/nats-io/nats-server/v2@v${version}`);
  const missing = 'missing' in built ? built.missing : false;
  if (missing) console.error(`hopline: nats-server ${version} is NOT tested: ${missing}`);
  const tellsHops = Number(version.split('.')[1]) >= MINOR_THAT_TELLS_HOPS;

  suite(`nats-server ${version}`, { skip: missing, timeout: 120_000 }, () => {
    const start = () => {
      assert.ok('path' in built);
      return startNats({ binary: built.path, ...(tellsHops ? {} : { msgTrace: false }) });
    };

    test('servers, streams, consumers, lag and connections', async () => {
      await using nats = await start();
      await using client = await connect({ servers: nats.url, name: 'the client' });
      const manager = await jetstreamManager(client);
      await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
      await manager.consumers.add('ORDERS', { durable_name: 'idle', ack_policy: 'explicit' });
      for (let count = 0; count < 10; count++) await jetstream(client).publish('orders.new', 'x');
      await using seen = startWatching({
        nats: { servers: [nats.url] },
        monitor: { urls: [nats.monitorUrl], intervalMs: 150, timeoutMs: 5_000 },
      });
      await waitFor(() => seen.watch.cluster().consumers[0]?.backlog === 10, {
        message: 'the backlog',
      });
      const { servers, streams, consumers, connections } = seen.watch.cluster();
      const [server] = servers;
      assert.deepEqual(
        {
          version: server?.version,
          state: server?.state,
          failed: server?.endpoints.filter(({ up }) => !up),
        },
        { version, state: 'up', failed: [] },
      );
      assert.equal(streams[0]?.messages, 10);
      assert.deepEqual([consumers[0]?.stream, consumers[0]?.consumer], ['ORDERS', 'idle']);
      assert.ok(connections.some(({ name }) => name === 'the client'));
    });

    test('native metrics', async () => {
      await using nats = await start();
      await using _filled = await fill([nats.url], undefined);
      await using exporter = await startExporter({
        host: '127.0.0.1',
        port: 0,
        servers: [nats.monitorUrl],
        endpoints: new Set(),
        native: { intervalMs: 200 },
      });
      await waitFor(
        async () => {
          const { samples } = await scrape(exporter.url);
          const seen = [...samples];
          const has = (start: string, value: number, label = ''): boolean =>
            seen.some(([key, of]) => key.startsWith(start) && key.includes(label) && of === value);
          assert.ok(has('hopline_nats_server_info{', 1, `version="${version}"`));
          assert.ok(!has('hopline_nats_endpoint_up{', 0), 'every endpoint answers');
          return has('hopline_consumer_backlog_messages{', 15, 'consumer="shipping"');
        },
        { message: 'the backlog' },
      );
    });

    test('the names and values of prometheus-nats-exporter', {
      skip: 'missing' in real ? real.missing : false,
    }, async () => {
      await using nats = await start();
      await using _filled = await fill([nats.url], undefined);
      assert.ok('path' in real);
      const found = await parityDifferences(real.path, ALL, nats);
      // 2.9 does not say when it took the figures; the exporter then says minus three hundred years.
      const unknown = /consumer_last_(ack|delivery)_seconds/;
      assert.deepEqual(
        found.filter((difference) => version !== '2.9.25' || !unknown.test(difference)),
        [],
      );
    });

    test('hops of messages', {
      skip: tellsHops ? false : 'servers before 2.11 tell none',
    }, async () => {
      await using nats = await start();
      await using seen = startWatching({ nats: { servers: [nats.url] } });
      await using client = await connect({ servers: nats.url });
      const traced = headers();
      traced.set('traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01');
      await waitFor(() => seen.watch.status().nats.state === 'connected', { message: 'connected' });
      await waitFor(
        () => {
          client.publish('orders.new', 'x', { headers: traced });
          return seen.hops.some(({ subject }) => subject === 'orders.new');
        },
        { message: 'a hop' },
      );
    });
  });
}
