import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { operatorMode, startNats, startSuperCluster, tempDir, waitFor } from '@hopline/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, credsAuthenticator } from '@nats-io/transport-node';
import { recordSent } from '../only-reads.fixture.ts';
import type { NatsSettings } from '../transport/nats-settings.ts';
import { startExporter } from './exporter.ts';
import { ofServers, scrape } from './samples.fixture.ts';
import { documentedShape, shapeOf } from './surveyor-names.fixture.ts';

const sent = recordSent();
after(() => {
  sent.stop();
  sent.assertOnlyReads();
});

const exporterOf = (system: NatsSettings, names: 'hopline' | 'surveyor') =>
  startExporter({
    host: '127.0.0.1',
    port: 0,
    servers: [],
    endpoints: new Set(),
    native: { intervalMs: 200, names, system },
    limits: { timeoutMs: 5_000 },
  });

test('all servers of a super-cluster from one connection to the system account', {
  timeout: 120_000,
}, async () => {
  await using system = await startSuperCluster({
    clusters: [
      { name: 'east', nodes: 3 },
      { name: 'west', nodes: 1 },
    ],
  });
  const { east } = system.clusters;
  await using client = await connect({ servers: [...east!.urls] });
  const manager = await jetstreamManager(client);
  await waitFor(() => manager.streams.add({ name: 'ORDERS', subjects: ['o'], num_replicas: 3 }), {
    message: 'the stream',
  });

  await waitFor(() => manager.streams.add({ name: 'CACHE', subjects: ['c'], storage: 'memory' }), {
    message: 'another',
  });
  await manager.consumers.add('ORDERS', { durable_name: 'payment', ack_policy: 'explicit' });
  const user = { servers: [system.servers[0]!.url], ...system.systemUser };
  await using exporter = await exporterOf(user, 'surveyor');
  // The first scrape waits until the servers were found.
  let seen = await scrape(exporter.url);
  assert.ok(seen.samples.get('nats_survey_surveyed_count{}')! > 0);
  const expected = Object.entries({
    ...(await documentedShape('From servers')),
    ...(await documentedShape('From the connection to NATS')),
  }).filter(([name]) => !name.startsWith('nats_core_jetstream_meta_snapshot_last_'));
  await waitFor(
    async () => {
      seen = await scrape(exporter.url);
      return Object.keys(shapeOf(ofServers(seen))).length >= expected.length;
    },
    { message: 'all names' },
  );
  const sorted = expected.toSorted(([one], [other]) => (one < other ? -1 : 1));
  assert.deepEqual(shapeOf(ofServers(seen)), Object.fromEntries(sorted));
  assert.equal(seen.samples.get('hopline_exporter_nats_connected{}'), 1);
  const single = [...seen.samples.keys()].filter((key) => /stream_total.*"CACHE"/.test(key));
  assert.match(single.join(), /raft_group="S-R1\w+-\w+"/);

  // It was connected to this one: the others are reached by what they told of each other.
  await system.servers[0]!.kill();
  await waitFor(
    async () => {
      seen = await scrape(exporter.url);
      return (
        seen.samples.get('nats_survey_surveyed_count{}') === 3 &&
        seen.samples.get('nats_survey_nats_reconnects{name="hopline-monitor-system"}') === 1
      );
    },
    { message: 'three servers, over another connection', timeoutMs: 60_000 },
  );
  assert.equal(seen.samples.get('nats_survey_expected_count{}'), 4);
});

test('a credentials file; accounts by their keys and their names', {
  timeout: 60_000,
}, async () => {
  const mode = await operatorMode();
  await using folder = await tempDir('exporter');
  await using nats = await startNats({ operatorConfig: mode.config });
  const authenticator = credsAuthenticator(new TextEncoder().encode(mode.appCreds));
  await using client = await connect({ servers: nats.url, authenticator });
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: 'ORDERS', subjects: ['orders'] });
  const creds = join(folder.path, 'system.creds');
  await writeFile(creds, mode.systemCreds);
  await using surveyor = await exporterOf({ servers: [nats.url], creds }, 'surveyor');
  const { samples } = await scrape(surveyor.url);
  const stream = [...samples.keys()].find((key) => key.startsWith('nats_stream_total_messages'));
  assert.match(stream!, /account="A[A-Z2-7]{55}",account_name="APP"/);
  const held = [...samples.keys()].find(
    (key) => key.startsWith('nats_core_account_jetstream_enabled') && key.includes('"APP"'),
  );
  assert.equal(samples.get(held!), 1);
  assert.match(held!, /account="A[A-Z2-7]{55}",account_name="APP"/);

  await using native = await exporterOf({ servers: [nats.url], creds }, 'hopline');
  const own = await scrape(native.url);
  assert.ok([...own.samples.keys()].some((key) => key.startsWith('hopline_stream_messages')));
});

test('without NATS the scrape says so, and does not wait', { timeout: 60_000 }, async () => {
  await using exporter = await exporterOf({ servers: ['127.0.0.1:1'] }, 'surveyor');
  const { samples } = await scrape(exporter.url);
  assert.equal(samples.get('nats_up{}'), 0);
  assert.equal(samples.get('hopline_exporter_nats_connected{}'), 0);
  assert.ok(samples.get('nats_survey_poll_error_count{}')! > 0);
});
