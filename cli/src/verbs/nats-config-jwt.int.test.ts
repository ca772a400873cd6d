import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Nsc, startNats, startNsc } from '@hopline/testkit';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const PUSH = 'nsc push --all';

async function natsConfig(args: string[]) {
  const all = ['--conditions=hopline-source', MAIN, 'nats-config', ...args];
  const child = spawn(process.execPath, all);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { stdout, stderr, code };
}

/** `--check` with the credentials files that `nsc` wrote. */
async function check(at: { nsc: Nsc; url: string }, publisher: string, patience = '30') {
  const { nsc, url } = at;
  const listen = ['--creds', join(nsc.dir, 'hopline.creds')];
  const publish = ['--probe-creds', join(nsc.dir, `${publisher}.creds`)];
  const how = ['--check', '--json', '--timeout', patience, '--nats', url];
  const { stdout, stderr, code } = await natsConfig([...how, ...listen, ...publish]);
  assert.notEqual(stdout, '', stderr);
  const { verdict, detail } = JSON.parse(stdout) as { verdict: string; detail: string };
  return { verdict, detail, code, stderr };
}

/** A user of each account who may do everything, as the owner of the accounts has them. */
const ownUsers = (accounts: string[]): string =>
  accounts
    .flatMap((name) => [
      `nsc add user --account ${name} --name app`,
      `nsc generate creds --account ${name} --name app > ${name}.creds`,
    ])
    .join('\n');

test('what is printed for one account in a JWT works, and --check says so', async () => {
  await using nsc = await startNsc(['APP']);
  await using server = await startNats({ operatorConfig: nsc.operatorConfig, jetstream: false });
  const printed = await natsConfig(['--account', 'APP', '--jwt']);
  // First without the lines that switch tracing on: the fault must be named.
  const listener = printed.stdout.slice(printed.stdout.indexOf('nsc add user'));
  await nsc.run([ownUsers(['APP']), listener].join('\n'), server.url);
  const before = await check({ nsc, url: server.url }, 'APP', '2');
  assert.deepEqual([before.verdict, before.code], ['no msg_trace', 1]);
  assert.match(before.stderr, /nsc edit account/);
  await nsc.run(printed.stdout, server.url);
  const after = await check({ nsc, url: server.url }, 'APP');
  assert.deepEqual([after.verdict, after.code], ['works', 0]);
  // Hopline's own user may listen and nothing else.
  const own = await check({ nsc, url: server.url }, 'hopline');
  assert.equal(own.verdict, 'cannot publish');
});

test('what is printed for two accounts in JWTs works for both', async () => {
  const accounts = ['SHOP', 'BILLING'];
  await using nsc = await startNsc(accounts);
  await using server = await startNats({ operatorConfig: nsc.operatorConfig, jetstream: false });
  const flags = accounts.flatMap((name) => ['--account', name]);
  const { stdout } = await natsConfig([...flags, '--jwt']);
  // Without its imports Hopline's account hears nothing, and the fault is another one.
  const isImport = /nsc add import[^\\]*\\\n.*\n/g;
  await nsc.run([ownUsers(accounts), stdout.replace(isImport, '')].join('\n'), server.url);
  const before = await check({ nsc, url: server.url }, 'SHOP', '2');
  assert.deepEqual([before.verdict, before.code], ['reports do not arrive', 1]);
  const imports = stdout.match(isImport) ?? [];
  // Traces, advisories and sampled acks of each.
  assert.equal(imports.length, 3 * accounts.length);
  await nsc.run([...imports, PUSH].join('\n'), server.url);
  for (const name of accounts) {
    const { verdict, code } = await check({ nsc, url: server.url }, name);
    assert.deepEqual([name, verdict, code], [name, 'works', 0]);
  }
});
