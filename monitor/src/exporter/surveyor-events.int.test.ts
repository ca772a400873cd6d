import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { startNats, tempDir, waitFor } from '@hopline/testkit';
import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { createInbox, type NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { startExporter } from './exporter.ts';
import { type Scrape, scrape } from './samples.fixture.ts';
import { readSurveyorConfigs } from './surveyor-configs.ts';
import { documentedShape, shapeOf } from './surveyor-names.fixture.ts';

const ACCOUNTS = `
  SHOP {
    jetstream: enabled
    users: [{ user: shop, password: shop }]
    exports: [{ service: "prices", latency: { sampling: 100, subject: "latency.prices" } }]
  }
  WEB {
    users: [{ user: web, password: web }]
    imports: [{ service: { account: SHOP, subject: "prices" } }]
  }`;
const SHOP = { username: 'shop', password: 'shop' };
const OF_STREAM = 'account="shop",stream="ORDERS"';
const OF_CONSUMER = 'account="shop",consumer="c",stream="ORDERS"';

test('advisories of an account and latency of a service, from the files of nats-surveyor', {
  timeout: 120_000,
}, async () => {
  await using nats = await startNats({ accounts: ACCOUNTS });
  await using folder = await tempDir('surveyor');
  const folders = await configs(folder.path);
  await using exporter = await startExporter({
    host: '127.0.0.1',
    port: 0,
    servers: [],
    endpoints: new Set(),
    native: {
      intervalMs: 200,
      names: 'surveyor',
      system: { servers: [nats.url], user: 'sys', password: 'sys' },
      folders,
    },
  });
  let seen = await scrape(exporter.url);
  const until = (key: string, value: number) =>
    waitFor(
      async () => {
        seen = await scrape(exporter.url);
        return seen.samples.get(key) === value;
      },
      { message: `${key} ${value}` },
    );
  await until('nats_jetstream_advisory_count{}', 1);
  await until('nats_latency_observations_count{}', 1);

  await using shop = await connect({
    servers: nats.url,
    user: 'shop',
    pass: 'shop',
    name: 'pricing',
  });
  await fatesOfMessages(shop);
  await snapshotAndRestore(shop);
  shop.publish('$JS.EVENT.ADVISORY.STREAM.x', 'no JSON');
  await until('nats_jetstream_advisory_parse_errors{account="shop"}', 1);
  await until(`nats_jetstream_delivery_terminated_count{${OF_CONSUMER}}`, 1);
  await until(`nats_jetstream_consumer_nak{${OF_CONSUMER}}`, 2);
  await until(`nats_jetstream_delivery_exceeded_count{${OF_CONSUMER}}`, 2);
  await until(`nats_jetstream_acknowledgement_duration_count{${OF_CONSUMER}}`, 1);
  await until(`nats_jetstream_stream_actions{account="shop",action="delete",stream="ORDERS"}`, 1);
  await until(`nats_jetstream_restore_duration_count{${OF_STREAM}}`, 1);
  await until(`nats_jetstream_snapshot_duration_count{${OF_STREAM}}`, 1);
  assert.ok(seen.samples.get(`nats_jetstream_snapshot_size_bytes{${OF_STREAM}}`)! > 0);
  assert.ok(seen.samples.get(`nats_jetstream_restore_size_bytes{${OF_STREAM}}`)! > 0);
  const audited = 'nats_jetstream_api_audit{account="shop",subject="$JS.API.STREAM.CREATE"}';
  assert.equal(seen.samples.get(audited), 1);

  await using web = await connect({ servers: nats.url, user: 'web', pass: 'web' });
  // The server takes round trips off what it measures: the service must take longer than those.
  shop.subscribe('prices', {
    callback: (_error, message) => void setTimeout(() => message.respond('1'), 500),
  });
  await shop.flush();
  await web.request('prices', '', { timeout: 10_000 });
  shop.publish('latency.prices', '{}');
  const OF_SERVICE = 'account="",app="pricing",service="prices"';
  await until(`nats_latency_observations_received_count{${OF_SERVICE}}`, 1);
  await until(`nats_latency_observation_error_count{account="",service="prices"}`, 1);
  await until(`nats_latency_observation_status_count{account="",service="prices",status="200"}`, 1);
  const total = seen.samples.get(`nats_latency_total_duration_sum{${OF_SERVICE}}`)!;
  const within = seen.samples.get(`nats_latency_service_duration_sum{${OF_SERVICE}}`)!;
  assert.ok(within > 0 && within <= total && total < 60, `${within} of ${total} s`);

  await sameShape(seen);
});

/** All names but those that need replicas, with labels and types. */
async function sameShape(seen: Scrape): Promise<void> {
  const documented = Object.entries(await documentedShape('From accounts and services'));
  const expected = documented.filter(([name]) => !/leader_elected|quorum_lost/.test(name));
  const shape = Object.entries(shapeOf(seen));
  const own = shape.filter(([name]) => /^nats_(jetstream|latency)_/.test(name));
  assert.deepEqual(Object.fromEntries(own), Object.fromEntries(expected));
}

async function configs(folder: string): Promise<{ jetstream: string; observe: string }> {
  const jetstreamFolder = join(folder, 'jetstream');
  const observe = join(folder, 'observe');
  // As Kubernetes mounts a file: the folder of its version is not read.
  await mkdir(join(jetstreamFolder, '..2026_01_01'), { recursive: true });
  await mkdir(observe);
  const account = JSON.stringify({ name: 'shop', ...SHOP });
  await writeFile(join(jetstreamFolder, 'shop.json'), account);
  await writeFile(join(jetstreamFolder, '..2026_01_01', 'shop.json'), account);
  const service = { name: 'prices', topic: 'latency.prices', ...SHOP };
  await writeFile(join(observe, 'prices.json'), JSON.stringify(service));
  return { jetstream: jetstreamFolder, observe };
}

/** Of four messages one is acked, one terminated, one refused until it is given up; the consumer is paused. */
async function fatesOfMessages(shop: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(shop);
  await manager.streams.add({ name: 'ORDERS', subjects: ['orders'] });
  await manager.consumers.add('ORDERS', {
    durable_name: 'c',
    ack_policy: 'explicit',
    sample_freq: '100%',
    max_deliver: 2,
  });
  for (let at = 0; at < 3; at++) await jetstream(shop).publish('orders', 'x');
  const consumer = await jetstream(shop).consumers.get('ORDERS', 'c');
  // The third comes twice.
  for (let count = 0; count < 4; count++) {
    const message = await waitFor(() => consumer.next({ expires: 5_000 }), {
      message: 'a message',
    });
    if (message.seq === 1) await message.ackAck();
    else if (message.seq === 2) message.term();
    else message.nak();
  }
  // The server gives it up when it would come for the third time.
  assert.equal(await consumer.next({ expires: 1_000 }), null);
  await manager.consumers.pause('ORDERS', 'c', new Date(Date.now() + 1_000));
}

/** Takes a copy of the stream, deletes it and brings it back, as `nats stream backup` and `restore` do. */
async function snapshotAndRestore(shop: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(shop);
  const chunks: Uint8Array[] = [];
  const ended = Promise.withResolvers<void>();
  const inbox = createInbox();
  shop.subscribe(inbox, {
    callback: (_error, message) => {
      if (message.data.length === 0) return ended.resolve();
      chunks.push(message.data);
      message.respond();
    },
  });
  const made = await api(shop, 'STREAM.SNAPSHOT.ORDERS', { deliver_subject: inbox });
  await ended.promise;
  await deleted(manager);
  const { config, state } = made;
  const { deliver_subject: subject } = await api(shop, 'STREAM.RESTORE.ORDERS', { config, state });
  for (const chunk of chunks) await shop.request(subject as string, chunk, { timeout: 10_000 });
  const restored = await shop.request(subject as string, '', { timeout: 10_000 });
  assert.equal((restored.json() as { error?: unknown }).error, undefined);
}

const deleted = (manager: JetStreamManager) => manager.streams.delete('ORDERS');

async function api(shop: NatsConnection, what: string, body: object) {
  const answer = await shop.request(`$JS.API.${what}`, JSON.stringify(body), { timeout: 10_000 });
  const fields = answer.json() as Record<string, unknown>;
  assert.equal(fields['error'], undefined, what);
  return fields;
}

suite('files of nats-surveyor that cannot be used', () => {
  for (const [what, text, says] of [
    ['no JSON', 'name: shop', /x\.json: it is no JSON object/],
    ['no name', '{}', /x\.json: it has no name/],
    ['a JWT in it', '{"name": "shop", "jwt": "e", "seed": "S"}', /in a credentials file/],
  ] as const) {
    test(what, async () => {
      await using folder = await tempDir('surveyor');
      await writeFile(join(folder.path, 'x.json'), text);
      await assert.rejects(readSurveyorConfigs({ jetstream: folder.path }, []), says);
    });
  }

  test('a folder that is not there', async () => {
    await assert.rejects(readSurveyorConfigs({ observe: '/nowhere' }, []), /cannot read \/nowhere/);
  });
});
