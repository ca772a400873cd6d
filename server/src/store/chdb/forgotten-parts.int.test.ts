import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir } from '@hopline/testkit';
import { encodeRequest } from '../insert/otlp-fixture.ts';
import { temporaryDatabase } from './temporary-database.ts';

const request = (name: string): Uint8Array =>
  encodeRequest('traces', {
    resource_spans: [
      {
        scope_spans: [
          { spans: [{ name, start_time_unix_nano: (BigInt(Date.now()) * 1_000_000n).toString() }] },
        ],
      },
    ],
  });

/** The directory of the one table whose deduplication log has lines. */
async function tableDirectory(dataDir: string): Promise<string> {
  const logs = (await readdir(dataDir, { recursive: true })).filter((path) =>
    path.endsWith('deduplication_log_1.txt'),
  );
  for (const log of logs) {
    const text = await readFile(join(dataDir, log), 'utf8');
    if (text !== '') return join(dataDir, log, '..', '..');
  }
  throw new Error('no table has a deduplication log');
}

test('a segment noted as inserted whose part never got its name is inserted again', async () => {
  await using directory = await tempDir('parts');
  const dataDir = directory.path;
  {
    const store = await temporaryDatabase({ dataDir });
    await store.insert('traces', 'kept', request('kept'));
    await store.insert('traces', 'lost', request('lost'));
    // Not disposed as a whole: that would remove the directory.
    await store.database[Symbol.asyncDispose]();
  }
  // As a kill between the log and the name leaves it: the line is there, the part is not.
  const table = await tableDirectory(dataDir);
  const parts = (await readdir(table)).filter((name) => /^\d{8}_\d+_\d+_0$/.test(name)).sort();
  assert.equal(parts.length, 2);
  await rm(join(table, parts[1]!), { recursive: true });
  await using store = await temporaryDatabase({ dataDir });
  assert.deepEqual(await store.select('SELECT name FROM spans'), [{ name: 'kept' }]);
  await store.insert('traces', 'kept', request('kept'));
  await store.insert('traces', 'lost', request('lost'));
  const rows = await store.select<{ name: string }>('SELECT name FROM spans ORDER BY name');
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['kept', 'lost'],
  );
});
