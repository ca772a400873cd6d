import { type NatsServer, waitFor } from '@hopline/testkit';
import { AckPolicy, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type ExporterOptions, startExporter } from './exporter.ts';
import type { Endpoint, JszDetail } from './exporter-settings.ts';
import { startRealExporter } from './real-exporter.fixture.ts';
import { ofServers, type Scrape, scrape } from './samples.fixture.ts';

/** Flags of the real exporter that switch an endpoint on. */
export const SWITCHES: Readonly<Record<string, Endpoint>> = {
  '-varz': 'varz',
  '-connz': 'connz',
  '-connz_detailed': 'connz_detailed',
  '-healthz': 'healthz',
  '-healthz_js_enabled_only': 'healthz_js_enabled_only',
  '-healthz_js_server_only': 'healthz_js_server_only',
  '-gatewayz': 'gatewayz',
  '-leafz': 'leafz',
  '-routez': 'routez',
  '-subz': 'subsz',
  '-accstatz': 'accstatz',
  '-accountz': 'accountz',
};
export const JSZ: Readonly<Record<string, JszDetail>> = {
  '-jsz=accounts': 'accounts',
  '-jsz=streams': 'streams',
  '-jsz=all': 'consumers',
};
export const ALL = [...Object.keys(SWITCHES), '-jsz=all'];

/**
 * Both exporters scrape the server, ours before and after theirs: the same names, labels and types, and
 * each of their values between ours. What differs, in words.
 */
export async function parityDifferences(
  realPath: string,
  flags: readonly string[],
  server: NatsServer,
): Promise<string[]> {
  await using theirs = await startRealExporter(realPath, [...flags, server.monitorUrl]);
  await using ours = await startExporter({
    ...optionsOf(flags),
    servers: [server.monitorUrl],
    host: '127.0.0.1',
    port: 0,
    limits: { shareMs: 0 },
  });
  const compare = async (): Promise<string[]> => {
    const scrapes: Scrapes = {
      earlier: ofServers(await scrape(ours.url)),
      reference: ofServers(await scrape(theirs.url)),
      later: ofServers(await scrape(ours.url)),
    };
    return differences(scrapes);
  };
  let found = await compare();
  // A server that settles may change its set of series between two scrapes.
  for (let attempt = 1; attempt < 4 && found.length > 0; attempt++) found = await compare();
  return found;
}

function optionsOf(flags: readonly string[]): Omit<ExporterOptions, 'servers'> {
  const flagValue = (name: string): string | undefined =>
    flags.find((flag) => flag.startsWith(`-${name}=`))?.slice(name.length + 2);
  const jsz = flags.find((flag) => flag in JSZ);
  const endpoints = new Set(flags.flatMap((flag) => SWITCHES[flag] ?? []));
  if (endpoints.size === 0) endpoints.add('varz');
  if (jsz) endpoints.add('jsz');
  return {
    endpoints,
    jszDetail: jsz ? JSZ[jsz] : undefined,
    prefix: flagValue('prefix'),
    streamMetaKeys: flagValue('jsz_stream_meta_keys')?.split(','),
    consumerMetaKeys: flagValue('jsz_consumer_meta_keys')?.split(','),
    serverIdFrom: flags.includes('-use_internal_server_id')
      ? 'server_id'
      : flags.includes('-use_internal_server_name')
        ? 'server_name'
        : 'url',
  };
}

interface Scrapes {
  reference: Scrape;
  earlier: Scrape;
  later: Scrape;
}

/** Empty when names, labels and types are equal and each value lies between ours before and after. */
function differences({ reference, earlier, later }: Scrapes): string[] {
  const found: string[] = reference.samples.size === 0 ? ['nothing to compare'] : [];
  for (const key of new Set([...reference.samples.keys(), ...later.samples.keys()])) {
    const theirs = reference.samples.get(key);
    const first = earlier.samples.get(key);
    const ours = later.samples.get(key);
    if (theirs === undefined) found.push(`only ours: ${key}`);
    else if (ours === undefined || first === undefined) found.push(`only theirs: ${key}`);
    else {
      const slack = slackOf(key, theirs);
      const [low, high] = [Math.min(first, ours) - slack, Math.max(first, ours) + slack];
      if (theirs < low || theirs > high) found.push(`${key}: ${theirs}, ours ${first} ${ours}`);
    }
  }
  for (const [name, type] of reference.types) {
    const ours = later.types.get(name);
    if (type !== ours) found.push(`${name} is ${type}, ours ${ours}`);
  }
  return found;
}

/** For what moves both ways between two scrapes; counters and ages only grow, and need none. */
function slackOf(key: string, value: number): number {
  if (/_varz_cpu\{/.test(key)) return 100;
  if (/_varz_mem\{/.test(key)) return value / 4;
  if (/active_duration_ns\{/.test(key)) return 10e9;
  if (/_idle(_seconds)?\{/.test(key)) return key.includes('seconds') ? 2 : 2000;
  return 0;
}

/** Streams of one and three replicas, a mirror, a source, consumers; the connection stays open. */
export async function fill(
  servers: readonly string[],
  user: string | undefined,
): Promise<NatsConnection> {
  const isCluster = user !== undefined;
  const nats = await connect({
    servers: [...servers],
    name: `filler "of" ${user}`,
    ...(user ? { user, pass: user } : {}),
  });
  const manager = await jetstreamManager(nats);
  // Servers before 2.10 know no metadata.
  const keepsMetadata = !nats.info!.version.startsWith('2.9.');
  await manager.streams.add({
    name: 'ORDERS',
    subjects: ['orders.>'],
    num_replicas: isCluster ? 3 : 1,
    max_msgs: 1000,
    ...(keepsMetadata ? { metadata: { team: 'shop "one"', tier: '1' } } : {}),
  });
  await manager.streams.add({ name: 'EVENTS', subjects: ['events.>'], num_replicas: 1 });
  if (isCluster) {
    await manager.streams.add({ name: 'ORDERS_COPY', mirror: { name: 'ORDERS' } });
    await manager.streams.add({ name: 'ALL', sources: [{ name: 'ORDERS' }, { name: 'EVENTS' }] });
  }
  const publisher = jetstream(nats);
  for (let count = 0; count < 20; count++) {
    const msgID = String(count);
    await waitFor(() => publisher.publish(`orders.${count % 3}`, 'x', { msgID }), {
      message: 'an ack',
    });
  }
  await addConsumers(manager, nats, keepsMetadata);
  return nats;
}

async function addConsumers(
  manager: JetStreamManager,
  nats: NatsConnection,
  keepsMetadata: boolean,
): Promise<void> {
  await manager.consumers.add('ORDERS', {
    durable_name: 'shipping',
    description: 'ships\nwhat was ordered',
    ack_policy: AckPolicy.Explicit,
    ...(keepsMetadata ? { metadata: { owner: 'logistics' } } : {}),
  });
  await manager.consumers.add('ORDERS', { durable_name: 'idle', ack_policy: AckPolicy.None });
  const consumer = await jetstream(nats).consumers.get('ORDERS', 'shipping');
  for (let count = 0; count < 5; count++) {
    const message = await waitFor(() => consumer.next({ expires: 2000 }), { message: 'a message' });
    if (count < 3) await message.ackAck();
  }
}
