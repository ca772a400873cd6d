import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startNats } from '@hopline/testkit';
import { serverConfig } from './server-config.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const OPTIONS = {
  user: 'hopline',
  password: 'secret',
  traceSubject: 'hopline.trace',
  sampling: 100,
};

/** What stands between the braces of `accounts`, with a user that may publish in each account. */
function accountsOf(accounts: string[], change = (config: string): string => config): string {
  const config = change(serverConfig({ ...OPTIONS, accounts }));
  const inner = config.split('accounts {')[1]!.replace(/\}\s*$/, '');
  const own = (name: string) => `{ user: "${name}", password: "${name}" }`;
  return accounts.length === 1
    ? inner.replace('# ... your', `${own(accounts[0]!)}\n# ... your`)
    : accounts.reduce(
        (all, name) => all.replace(`${name} {`, `${name} {\n users: [${own(name)}]`),
        inner,
      );
}

async function check(url: string, publisher: string) {
  const listen = ['--nats', url, '--user', 'hopline', '--password', 'secret'];
  const publish = ['--probe-user', publisher, '--probe-password', publisher];
  const args = ['nats-config', '--check', '--json', '--timeout', '20', ...listen, ...publish];
  const child = spawn(process.execPath, ['--conditions=hopline-source', MAIN, ...args]);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  assert.notEqual(stdout, '', stderr);
  const { verdict } = JSON.parse(stdout) as { verdict: string };
  return { verdict, code };
}

test('what is printed for one account works, and --check says so', async () => {
  await using server = await startNats({ accounts: accountsOf(['APP']) });
  assert.deepEqual(await check(server.url, 'APP'), { verdict: 'works', code: 0 });
  // A wrong password of the one that publishes.
  assert.deepEqual(await check(server.url, 'hopline'), { verdict: 'cannot connect', code: 1 });
});

test('what is printed for two accounts works for both', async () => {
  await using server = await startNats({ accounts: accountsOf(['SHOP', 'BILLING']) });
  assert.deepEqual(await check(server.url, 'SHOP'), { verdict: 'works', code: 0 });
  assert.deepEqual(await check(server.url, 'BILLING'), { verdict: 'works', code: 0 });
});

test('an account without msg_trace is named as the fault', async () => {
  const accounts = accountsOf(['APP'], (config) => config.replace(/^.*msg_trace.*$/m, ''));
  await using server = await startNats({ accounts });
  assert.deepEqual(await check(server.url, 'APP'), { verdict: 'no msg_trace', code: 1 });
});
