import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startProcess, tempDir } from '@hopline/testkit';
import { withFileLock } from './file-lock.mjs';

/** Adds one to the number in a file, slowly enough to lose counts without a lock. */
const ADD_ONE = `
  import { readFileSync, writeFileSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  const [, lockModule, lock, count] = process.argv;
  const { withFileLock } = await import(lockModule);
  await withFileLock(lock, async () => {
    const value = Number(readFileSync(count, 'utf8'));
    await sleep(30);
    writeFileSync(count, String(value + 1));
  });`;

test('processes take turns, and the lock of one that was killed is taken over', async () => {
  await using dir = await tempDir('lock');
  const lock = join(dir.path, 'a.lock');
  const count = join(dir.path, 'count');
  await writeFile(count, '0');
  await using dead = await startProcess({ name: 'dead', args: ['--eval', ''] });
  await dead.exited;
  await writeFile(lock, String(dead.pid));

  const lockModule = import.meta.resolve('./file-lock.mjs');
  const args = ['--input-type=module', '--eval', ADD_ONE, lockModule, lock, count];
  const names = ['one', 'two', 'three', 'four'];
  const exits = await Promise.all(
    names.map(async (name) => (await startProcess({ name, args })).exited),
  );
  assert.deepEqual(new Set(exits.map(({ code }) => code)), new Set([0]));
  assert.equal(await readFile(count, 'utf8'), '4');
});

test('the lock is free after an error', async () => {
  await using dir = await tempDir('lock');
  const lock = join(dir.path, 'a.lock');
  await assert.rejects(
    withFileLock(lock, () => Promise.reject(new Error('inside'))),
    /inside/,
  );
  assert.equal(await withFileLock(lock, () => 'again'), 'again');
});
