import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir } from '@hopline/testkit';
import { createChdbDatabase } from './chdb/driver.ts';
import { storeOptions, temporaryDatabase } from './chdb/temporary-database.ts';
import { MigrationFailed } from './errors.ts';

const reopen = async (dataDir: string, options: object, ask: string): Promise<unknown[]> => {
  await using database = await createChdbDatabase({ ...storeOptions(dataDir), ...options });
  await database.migrate();
  return await database.query({
    sql: ask,
    params: {},
    tag: 'test',
    maxRows: 100,
    timeoutMs: 20_000,
  });
};

test('each schema file is applied once, in order', async () => {
  await using store = await temporaryDatabase();
  await store.database.migrate();
  const applied = await store.select<{ name: string }>(
    'SELECT name FROM migrations ORDER BY number',
  );
  const files = await readdir(new URL('./schema/', import.meta.url));
  assert.deepEqual(
    applied.map(({ name }) => name),
    files.sort(),
  );
});

test('the limit of age follows the setting', async () => {
  await using directory = await tempDir('migrate');
  const ask = "SELECT create_table_query AS create FROM system.tables WHERE name = 'spans'";
  for (const retentionDays of [7, 3, 3]) {
    const [row] = await reopen(directory.path, { retentionDays }, ask);
    const text = (row as { create: string }).create;
    assert.match(
      text,
      new RegExp(`TTL toDateTime\\(start\\) \\+ toIntervalDay\\(${retentionDays}\\)`),
    );
  }
});

test('changed, unknown, broken and misnamed schema files are told apart', async () => {
  await using directory = await tempDir('migrate');
  await using schema = await tempDir('schema');
  const write = (name: string, sql: string): Promise<void> =>
    writeFile(join(schema.path, name), sql);
  await write('0001-a.sql', 'CREATE TABLE IF NOT EXISTS a (x Int8) ENGINE = Memory');
  await write('0002-b.sql', '-- Why.\nCREATE TABLE IF NOT EXISTS b (x Int8) ENGINE = Memory;');
  const migrate = async (): Promise<unknown> =>
    await reopen(directory.path, { schemaDir: schema.path }, 'SELECT name FROM migrations');
  assert.deepEqual(await migrate(), [{ name: '0001-a.sql' }, { name: '0002-b.sql' }]);

  await write('0001-a.sql', 'CREATE TABLE IF NOT EXISTS a (x Int16) ENGINE = Memory');
  await assert.rejects(migrate, (error) => {
    return error instanceof MigrationFailed && /0001-a\.sql has changed/.test(error.message);
  });
  await write('0001-a.sql', 'CREATE TABLE IF NOT EXISTS a (x Int8) ENGINE = Memory');

  await write('0003-c.sql', 'CREATE TABEL c');
  await assert.rejects(migrate, /cannot apply schema file 0003-c\.sql/);
  await write('0003-c.sql', 'CREATE TABLE IF NOT EXISTS c (x Int8) ENGINE = Memory');
  assert.equal(((await migrate()) as unknown[]).length, 3);

  await write('0003-d.sql', 'SELECT 1');
  await assert.rejects(migrate, /cannot order schema files 0003-c\.sql and 0003-d\.sql/);
});
