import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNats, waitFor } from '@hopline/testkit';
import { startExporter } from './exporter.ts';
import { scrape } from './samples.fixture.ts';

test('an account without connections keeps its series', { timeout: 60_000 }, async () => {
  const accounts = 'QUIET: { users: [{ user: quiet, password: quiet }] }';
  await using nats = await startNats({ accounts });
  await using exporter = await startExporter({
    host: '127.0.0.1',
    port: 0,
    servers: [nats.monitorUrl],
    endpoints: new Set(),
    native: { intervalMs: 100 },
  });
  const account = /^hopline_nats_account_connections\{account="QUIET",/;
  let quiet: number[] = [];
  // nats-surveyor lets such an account go after three polls.
  await waitFor(
    async () => {
      const { samples } = await scrape(exporter.url);
      quiet = [...samples].filter(([key]) => account.test(key)).map(([, value]) => value);
      return (samples.get('hopline_sweeps_total{}') ?? 0) >= 6;
    },
    { message: 'six sweeps', timeoutMs: 40_000 },
  );
  assert.deepEqual(quiet, [0]);
});
