import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startExporter } from '@hopline/monitor/exporter';
import { startCluster } from '@hopline/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Catalogue } from './catalogue.ts';
import type { Mode } from './metric.ts';

suite('the catalogue against real servers', { timeout: 120_000 }, () => {
  test('every name and label that they give is known', async () => {
    await using cluster = await startCluster({ leaf: true });
    await using connection = await connect({ servers: [...cluster.urls] });
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'], num_replicas: 3 });
    await manager.consumers.add('ORDERS', { durable_name: 'billing' });
    await manager.streams.add({ name: 'COPY', sources: [{ name: 'ORDERS' }] });
    await using exporter = await startExporter({
      servers: [...cluster.servers, cluster.leaf].map(({ monitorUrl }) => monitorUrl),
      endpoints: new Set([
        ...(['varz', 'connz_detailed', 'healthz', 'gatewayz', 'accstatz', 'accountz'] as const),
        ...(['leafz', 'routez', 'subsz', 'jsz'] as const),
      ]),
      host: '127.0.0.1',
      port: 0,
    });
    // The second scrape has what the first one made happen: counts of requests by endpoint.
    await (await fetch(exporter.url)).text();
    assert.ok((await knownSamples(exporter.url, 'exporter')) > 500);

    await using surveyor = await startExporter({
      servers: cluster.monitorUrls,
      endpoints: new Set(),
      native: { names: 'surveyor' },
      host: '127.0.0.1',
      port: 0,
    });
    assert.ok((await knownSamples(surveyor.url, 'surveyor', 'exporter', 'native')) > 300);
  });
});

/** How many; fails for a name, or a label of it, that the catalogue lacks. */
async function knownSamples(url: string, ...modes: Mode[]): Promise<number> {
  const text = await (await fetch(url)).text();
  const catalogue = new Catalogue({ modes });
  const unknown = new Set<string>();
  let known = 0;
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    if (!catalogue.claims(name)) continue;
    const metric = catalogue.get(name);
    if (!metric) unknown.add(name);
    else known++;
    for (const [, label = ''] of labels.matchAll(/(?:^|,)(\w+)="/g)) {
      if (metric && !metric.labels.includes(label)) unknown.add(`${name}{${label}}`);
    }
  }
  assert.deepEqual([...unknown], []);
  return known;
}
