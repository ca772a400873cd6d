import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

test('subjects lint: good ones pass, bad ones are named with their rule, limits can be set', async () => {
  assert.deepEqual(await lint(['shop.order.created', 'shop.order.paid']), [0, '', '']);
  assert.deepEqual(await lint(['shop.order.created', 'Orders', 'a..b']), [
    1,
    'Orders: 1 token: at least 3, as domain.entity.event (tokens)\n' +
      'Orders: token 1, Orders: not ^[a-z0-9][a-z0-9_-]*$ (token)\n' +
      'a..b: token 2 is empty (empty)\n',
    'hopline: 2 of 3 subjects break a rule\n',
  ]);
  assert.deepEqual(await lint(['--min-tokens', '1', '--token', '^[A-Z]', 'Orders']), [0, '', '']);
  assert.deepEqual(await lint(['--subscribe', 'shop.*.created', 'shop.>']), [0, '', '']);
  const [code, stdout] = await lint(['shop.*.created', '--json']);
  assert.equal(code, 1);
  const { subjects } = JSON.parse(stdout);
  assert.equal(subjects[0].problems[0].rule, 'wildcard');
});

test('subjects lint: reads a list from standard input; none at all and a bad limit are errors', async () => {
  const [code, stdout] = await lint(['--file', '-'], '# ours\nshop.order.created # fine\n\nnope\n');
  assert.equal(code, 1);
  assert.match(stdout, /^nope: 1 token: at least 3/);
  assert.equal((await lint([]))[0], 1);
  assert.equal((await lint(['--min-tokens', '0', 'a.b.c']))[0], 2);
});

async function lint(args: string[], stdin = ''): Promise<[number, string, string]> {
  const child = spawn(process.execPath, [
    '--conditions=hopline-source',
    MAIN,
    'subjects',
    'lint',
    ...args,
  ]);
  child.stdin.end(stdin);
  const exited = once(child, 'exit');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await exited;
  return [code as number, stdout, stderr];
}
