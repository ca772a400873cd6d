import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startNats, tempDir } from '@hopline/testkit';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

const hopline = (...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1', NATS_URL: '' };
    execFile(
      process.execPath,
      ['--conditions=hopline-source', MAIN, ...args],
      { env },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
  });

const order = (...fields: object[]): string =>
  JSON.stringify({
    type: 'record',
    name: 'Order',
    fields: [{ name: 'id', type: 'string' }, ...fields],
  });
const BROKEN = order({ name: 'total', type: 'int' });
const GOOD = order({ name: 'total', type: 'int', default: 0 });

test('schemas are pushed, listed, checked, compared and pulled', async () => {
  await using nats = await startNats();
  await using dir = await tempDir('schema');
  const at = async (name: string, text: string): Promise<string> => {
    await writeFile(join(dir.path, name), text);
    return join(dir.path, name);
  };
  const [first, broken, good] = [
    await at('first.avsc', order()),
    await at('broken.avsc', BROKEN),
    await at('good.avsc', GOOD),
  ];
  const server = ['--server', nats.url];
  const subject = 'shop.order.created';

  const early = await hopline('schema', 'list', ...server);
  assert.deepEqual([early.code, /"hopline schema push" makes it/.test(early.stderr)], [1, true]);

  const pushed = await hopline('schema', 'push', subject, first, ...server);
  assert.match(
    pushed.stdout,
    /^registered: shop.order.created version 1 \(1\.0\.0\), id [0-9a-f]{32}\n$/,
  );
  const against = ['--against', 'registry', ...server];
  const refused = await hopline('schema', 'check', subject, broken, '--json', ...against);
  assert.equal(refused.code, 1, refused.stderr);
  const verdict = JSON.parse(refused.stdout) as { problems: { rule: string; path: string }[] };
  assert.deepEqual(
    verdict.problems.map(({ rule, path }) => [rule, path]),
    [['field_without_default', 'Order.total']],
  );
  assert.equal((await hopline('schema', 'push', subject, good, ...server)).code, 0);

  const listed = await hopline('schema', 'list', ...server);
  assert.equal(listed.stdout, `${subject}  v2 1.1.0 avro  BACKWARD\n`);
  const compared = await hopline('schema', 'diff', subject, ...server);
  assert.match(compared.stdout, /^\+ .*"total"/m);
  const pulled = await hopline('schema', 'pull', subject, '1', ...server);
  assert.equal(pulled.stdout, `${order()}\n`);
});

test('check against a file needs no NATS; its exit codes tell no from unknown', async () => {
  await using dir = await tempDir('schema');
  const path = (name: string): string => join(dir.path, name);
  await writeFile(path('old.avsc'), order());
  await writeFile(path('new.avsc'), BROKEN);
  await writeFile(path('bad.avsc'), '{');
  const check = (file: string, ...more: string[]): Promise<Ran> =>
    hopline('schema', 'check', path(file), '--against', path('old.avsc'), ...more);
  const refused = await check('new.avsc');
  assert.deepEqual([refused.code, refused.stdout.startsWith('Order.total: ')], [1, true]);
  assert.equal((await check('new.avsc', '--mode', 'FORWARD')).code, 0);
  assert.equal((await check('bad.avsc')).code, 3);
  const nobody = ['--against', 'registry', '--server', 'nats://127.0.0.1:1'];
  assert.equal((await hopline('schema', 'check', 'a', path('new.avsc'), ...nobody)).code, 3);
});

test('subjects lint', async () => {
  const wrong = await hopline('subjects', 'lint', 'shop.order.created', 'Shop.order');
  assert.equal(wrong.code, 1);
  assert.match(wrong.stdout, /^Shop\.order: 2 tokens: at least 3/);
  assert.equal((await hopline('subjects', 'lint', '--subscribe', 'shop.*.created')).code, 0);
});
