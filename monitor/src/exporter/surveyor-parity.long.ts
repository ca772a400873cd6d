/**
 * npm run test:surveyor: `--surveyor` beside the real nats-surveyor, built by Go once a checkout, on a
 * super-cluster. Not part of `npm test`, which compares with docs/surveyor-names.md.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { freePort, startProcess, startSuperCluster, waitFor } from '@hopline/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { buildGoProgram } from '../go-program.fixture.ts';
import { startExporter } from './exporter.ts';
import { ofServers, type Scrape, scrape } from './samples.fixture.ts';

const NAME = 'nats-surveyor';
const VERSION = 'v0.9.9';
/** Ours are always on. */
const FLAGS = [
  ...['--accounts', '--accounts-detailed', '--gatewayz', '--raftz'],
  ...['--jsz', 'all', '--jsz-leaders-only'],
];

/** Series that only one of the two has, by name, and why: docs/surveyor-names.md in short. */
const ONLY_OURS: readonly [name: RegExp, why: string][] = [
  [/^nats_survey_(poll_error|late_replies|no_replies)_count\{/, 'ours are there from 0'],
  [/^nats_survey_nats_reconnects\{/, 'ours is there from 0, under our name'],
  [/^nats_core_raftz_meta_/, "theirs has the id and the cluster in each other's label"],
  [
    /^nats_core_jetstream_cluster_raft_group_info\{/,
    'theirs says _meta_ where the cluster belongs',
  ],
];
const ONLY_THEIRS: readonly [name: RegExp, why: string][] = [
  ...ONLY_OURS.slice(2),
  [/^nats_survey_nats_reconnects\{/, 'under their name'],
  [
    /^nats_core_jetstream_meta_snapshot_last_/,
    'ours waits for the first snapshot: theirs is year 1',
  ],
  [
    /^nats_core_account_jetstream_\w+_reserved\{/,
    'ours is only there with a limit: theirs is 2^64',
  ],
  [/^nats_(jetstream_advisory|latency_observations)_count\{/, 'ours comes with the folders'],
];

const real = await buildGoProgram(`github.com/nats-io/${NAME}@${VERSION}`);
if ('missing' in real) console.error(`hopline: parity with ${NAME} is NOT tested: ${real.missing}`);

suite(`parity with ${NAME}`, { timeout: 300_000 }, () => {
  const skip = 'missing' in real && real.missing;
  test('the same series with the same labels and types, but for what is listed', {
    skip,
  }, async () => {
    assert.ok('path' in real);
    await using system = await startSuperCluster({
      clusters: [
        { name: 'east', nodes: 3 },
        { name: 'west', nodes: 1 },
      ],
    });
    await using client = await connect({ servers: [...system.clusters['east']!.urls] });
    const manager = await jetstreamManager(client);
    for (const [name, replicas] of [
      ['ORDERS', 3],
      ['CACHE', 1],
    ] as const) {
      await waitFor(() => manager.streams.add({ name, subjects: [name], num_replicas: replicas }), {
        message: `stream ${name}`,
      });
      await manager.consumers.add(name, { durable_name: 'c', ack_policy: 'explicit' });
    }
    const { user, password } = system.systemUser;
    const servers = [system.servers[0]!.url];
    await using ours = await startExporter({
      host: '127.0.0.1',
      port: 0,
      servers: [],
      endpoints: new Set(),
      native: { intervalMs: 500, names: 'surveyor', system: { servers, user, password } },
    });
    const port = await freePort();
    await using theirs = await startProcess({
      name: NAME,
      command: real.path,
      args: [
        ...['-a', '127.0.0.1', '-p', String(port), '-s', servers[0] as string],
        ...['--user', user, '--password', password, '--count', '4', ...FLAGS],
      ],
    });
    let found = ['nothing was compared'];
    await waitFor(
      async () => {
        if (!theirs.running) throw new Error(`${NAME} ended: ${theirs.output()}`);
        const reference = await scrape(`http://127.0.0.1:${port}/metrics`).catch(() => null);
        if (!reference) return false;
        found = differences(ofServers(await scrape(ours.url)), ofServers(reference));
        // A system that settles may change between two scrapes.
        return found.length === 0;
      },
      { message: 'parity', timeoutMs: 60_000 },
    ).catch(() => undefined);
    assert.deepEqual(found, []);
  });
});

function differences(ours: Scrape, theirs: Scrape): string[] {
  const isListed = (key: string, list: typeof ONLY_OURS) => list.some(([name]) => name.test(key));
  const onlyOurs = [...ours.samples.keys()].filter((key) => !theirs.samples.has(key));
  const onlyTheirs = [...theirs.samples.keys()].filter((key) => !ours.samples.has(key));
  return [
    ...(theirs.samples.size === 0 ? ['nothing to compare'] : []),
    ...onlyOurs.filter((key) => !isListed(key, ONLY_OURS)).map((key) => `only ours: ${key}`),
    ...onlyTheirs.filter((key) => !isListed(key, ONLY_THEIRS)).map((key) => `only theirs: ${key}`),
    ...[...theirs.types].flatMap(([name, type]) => {
      const own = ours.types.get(name);
      return own === undefined || own === type ? [] : [`${name} is ${type}, ours ${own}`];
    }),
  ];
}
