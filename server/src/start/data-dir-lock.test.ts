import assert from 'node:assert/strict';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { tempDir } from '@hopline/testkit';
import { DataDirTaken, DataDirUnusable, lockDataDir } from './data-dir-lock.ts';

test('the directory is made with its parents and held for one', async () => {
  await using folder = await tempDir('lock');
  const path = join(folder.path, 'a', 'b');
  {
    await using _held = await lockDataDir(path);
    assert.ok((await stat(path)).isDirectory());
    await assert.rejects(lockDataDir(path), DataDirTaken);
  }
  await using _again = await lockDataDir(path);
});

test('a file in its place is named', async () => {
  await using folder = await tempDir('lock');
  const file = join(folder.path, 'file');
  await writeFile(file, '');
  for (const path of [file, join(file, 'below')]) {
    await assert.rejects(lockDataDir(path), (error) => {
      assert.ok(error instanceof DataDirUnusable);
      assert.match(error.message, /^cannot use data directory .*file.* it is not a directory$/);
      return true;
    });
  }
});

// mkdir with `recursive` spins for ever there, deaf to signals.
test('a place where nothing can be made is an error, not a wait', {
  skip: process.platform !== 'linux',
  timeout: 10_000,
}, async () => {
  await assert.rejects(lockDataDir('/proc/hopline/data'), DataDirUnusable);
});
