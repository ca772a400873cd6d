import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { INSTRUMENTATION_NAME, VERSION } from './version.ts';

test('name and version are those of package.json', () => {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
  assert.deepEqual([INSTRUMENTATION_NAME, VERSION], [manifest.name, manifest.version]);
});
