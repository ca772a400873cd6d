import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir } from '@hopline/testkit';
import { serviceNameOf } from './service-name.ts';

test('nearest package.json with a name, else the script', async () => {
  await using dir = await tempDir('service-name');
  const inner = join(dir.path, 'app/src');
  await mkdir(inner, { recursive: true });
  assert.equal(serviceNameOf(join(inner, 'main.js')), 'main');
  await writeFile(join(dir.path, 'package.json'), '{"name":"shop"}');
  await writeFile(join(inner, 'package.json'), '{"type":"module"}');
  assert.equal(serviceNameOf(join(inner, 'main.js')), 'shop');
  await writeFile(join(dir.path, 'app/package.json'), 'broken');
  assert.equal(serviceNameOf(join(inner, 'main.js')), 'shop');
  assert.equal(serviceNameOf(undefined), 'node');
});
