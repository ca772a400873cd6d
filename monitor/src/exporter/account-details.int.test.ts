import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNats, waitFor } from '@hopline/testkit';
import { connect } from '@nats-io/transport-node';
import { fieldsAt, numberAt } from '../endpoints/fields.ts';
import { ServerClient } from '../transport/server-client.ts';
import { AccountDetails } from './account-details.ts';
import { DEFAULT_LIMITS } from './exporter-settings.ts';

const MANY = 40;

test('accounts are asked one by one only when they have changed', async () => {
  const names = Array.from({ length: MANY }, (_, at) => `A${at}`);
  const accounts = names.map((name) => `${name}: { users: [{ user: ${name}, password: x }] }`);
  await using nats = await startNats({ accounts: accounts.join('\n') });
  const client = new ServerClient({
    base: new URL(`${nats.monitorUrl}/`),
    limits: DEFAULT_LIMITS,
    signal: new AbortController().signal,
  });
  const requests = async () =>
    numberAt(fieldsAt(await client.get('varz'), 'http_req_stats'), '/accountz');
  const details = new AccountDetails(4);
  const at = 1_000_000;
  // SYS and $G beside ours; the one more is the list.
  assert.equal((await details.ask(client, at)).length, MANY + 2);
  assert.equal(await requests(), MANY + 3);
  assert.equal((await details.ask(client, at + 1_000)).length, MANY + 2);
  assert.equal(await requests(), MANY + 4);

  await using app = await connect({ servers: nats.url, user: 'A7', pass: 'x' });
  app.subscribe('x');
  await app.flush();
  await waitFor(
    async () => {
      const all = await details.ask(client, at + 2_000);
      const seven = all
        .map((answer) => fieldsAt(answer, 'account_detail'))
        .find((account) => account['account_name'] === 'A7');
      return seven && numberAt(seven, 'client_connections') === 1;
    },
    { message: 'the client of A7' },
  );
  assert.ok((await requests()) < MANY + 30, 'no other account was asked again');

  // Older than a minute: again, but not all of them in one sweep.
  const before = await requests();
  await details.ask(client, at + 70_000);
  assert.equal((await requests()) - before, 33);
});
