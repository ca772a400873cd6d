import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { operatorMode, startNats, tempDir, waitFor } from '@hopline/testkit';
import { connect, credsAuthenticator } from '@nats-io/transport-node';
import { numberAt } from '../endpoints/fields.ts';
import { ServerClient } from '../transport/server-client.ts';
import { startWatching } from '../watched.fixture.ts';
import { AccountBook } from './account-book.ts';

const LIMITS = { timeoutMs: 10_000, maxBodyBytes: 1e8, pageSize: 1024, maxPages: 10 };

test('limits of an account over HTTP and over the system account', async () => {
  const mode = await operatorMode({ limits: { conn: 100, payload: 4096 } });
  await using folder = await tempDir('account-book');
  const creds = join(folder.path, 'system.creds');
  await writeFile(creds, mode.systemCreds);
  await using nats = await startNats({ operatorConfig: mode.config });
  // The server loads an account when somebody comes.
  const authenticator = credsAuthenticator(new TextEncoder().encode(mode.appCreds));
  await using app = await connect({ servers: nats.url, authenticator });
  await app.flush();
  const often = { intervalMs: 200, timeoutMs: 5_000 };
  await using heard = startWatching({
    system: { servers: [nats.url], creds },
    monitor: { ...often, urls: [] },
    limits: { maxBackoffMs: 100 },
  });
  await using asked = startWatching({ monitor: { ...often, urls: [nats.monitorUrl] } });
  for (const { watch } of [heard, asked]) {
    const limited = () =>
      watch
        .cluster()
        .servers.flatMap(({ accounts }) => accounts)
        .find(({ limits }) => limits?.maxConnections === 100);
    await waitFor(() => limited() !== undefined, { message: 'the limit', timeoutMs: 30_000 });
    assert.deepEqual(limited()?.limits, {
      maxConnections: 100,
      maxLeafnodes: null,
      maxSubscriptions: null,
      maxPayloadBytes: 4096,
      isSystem: false,
      isExpired: false,
    });
    assert.match(watch.metricsText(), /^hopline_nats_account_max_connections\{.*\} 100$/m);
    assert.match(watch.metricsText(), /^hopline_nats_server_subject_cache_hit_ratio\{.*\} [\d.]/m);
  }
});

test('many accounts are asked for some at a time, each once a minute', async () => {
  const names = Array.from({ length: 40 }, (_, at) => `A${at}`);
  const accounts = names.map((name) => `${name}: { users: [{ user: ${name}, password: x }] }`);
  await using nats = await startNats({ accounts: accounts.join('\n') });
  const { signal } = new AbortController();
  const client = new ServerClient({ base: new URL(`${nats.monitorUrl}/`), limits: LIMITS, signal });
  const requests = async (): Promise<number> => {
    const stats = (await client.get('varz'))['http_req_stats'] as Record<string, unknown>;
    return numberAt(stats, '/accountz');
  };
  const book = new AccountBook();
  const at = 1_000_000;
  // 40, SYS and $G; each time one more for the list.
  for (const [now, known, asked] of [
    [at, 32, 33],
    [at + 10_000, 42, 33 + 11],
    [at + 20_000, 42, 33 + 11 + 1],
    [at + 65_000, 42, 33 + 11 + 1 + 33],
  ] as const) {
    assert.equal((await book.ask(client, now)).size, known);
    assert.equal(await requests(), asked);
  }
});
