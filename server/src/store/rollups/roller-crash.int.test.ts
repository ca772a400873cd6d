import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { unixNs } from '@hopline/model';
import { startProcess, tempDir, waitFor } from '@hopline/testkit';
import { createChdbDatabase } from '../chdb/driver.ts';
import { storeOptions } from '../chdb/temporary-database.ts';
import type { Database } from '../database.ts';
import { pathList } from '../queries/paths/path-list.ts';
import { stageTable } from '../queries/paths/stage-table.ts';
import { ROLLUP_DAYS } from './levels.ts';
import { handlers, type Published, publishes } from './messages-fixture.ts';
import { NOTHING_ROLLED, wholeBuckets } from './range.ts';
import { rollupReach } from './reach.ts';
import { Roller } from './roller.ts';

const MINUTE_NS = 60_000_000_000n;
const NOW = BigInt(Date.now()) * 1_000_000n;
const TIMEOUT_MS = 120_000;
const MESSAGES = 1_500;
/** The statement of the roller at whose begin it is killed; each goes on where the last was killed. */
const KILLED_AT = [2, 4, 5, 6, 8];

/** Over two hours that ended a while ago, so that every level has buckets of them. */
const messages: Published[] = Array.from({ length: MESSAGES }, (_, index) => ({
  name: `m${index}`,
  at: NOW - 130n * MINUTE_NS + (BigInt(index) * 120n * MINUTE_NS) / BigInt(MESSAGES),
}));

const handled = { delayMs: 20, handleMs: (index: number) => 1.5 + (index % 97) };

test('kill -9 while rollups are computed: afterwards they are what the spans say', async (t) => {
  await using folder = await tempDir('roller-crash');
  const dataDir = folder.path;
  {
    await using database = await createChdbDatabase(storeOptions(dataDir));
    await database.migrate();
    const path = join(dataDir, 'batch.segment');
    const batches = { h: handlers(messages, handled), p: publishes(messages) };
    for (const [id, bytes] of Object.entries(batches)) {
      await writeFile(path, bytes);
      await database.insert({ signal: 'traces', path, id });
    }
  }
  const tags: string[] = [];
  for (const statement of KILLED_AT) {
    await using roller = await startProcess({
      name: 'roller',
      args: [ENTRY, dataDir],
      readyLine: new RegExp(`STATEMENT ${statement}: (\\S+)|DONE`),
      stopTimeoutMs: 20_000,
    });
    tags.push(roller.ready[1] ?? 'done');
    await roller.kill('SIGKILL');
  }
  t.diagnostic(`killed in ${tags.join(', ')}`);
  await using database = await createChdbDatabase(storeOptions(dataDir));
  await database.migrate();
  const left = await rolledRows(database);
  const roller = new Roller({ database, keepDays: ROLLUP_DAYS });
  const isDone = async () => !(await roller.roll()) && (await isRolled(database));
  await waitFor(isDone, { message: 'all in rollups', timeoutMs: TIMEOUT_MS, intervalMs: 1_000 });
  const rolled = await answers(database, await rollupReach(database, TIMEOUT_MS));
  assert.equal(rolled.paths[0]?.deliveries, String(MESSAGES));
  assert.deepEqual(rolled, await answers(database, NOTHING_ROLLED));
  t.diagnostic(
    `${left} rows of rollups before the last roller, ${await rolledRows(database)} after`,
  );
});

const ENTRY = fileURLToPath(new URL('./roller-process.fixture.ts', import.meta.url));

/** Unix ns; the last of the messages is older. */
const UNTIL = NOW - MINUTE_NS;

async function answers(database: Database, reach: Reach) {
  const asked = { from: unixNs(NOW - 180n * MINUTE_NS), to: unixNs(UNTIL), timeoutMs: TIMEOUT_MS };
  const bounds = { ...wholeBuckets(asked, reach), reach };
  const table = await stageTable(database, bounds);
  return {
    paths: await pathList(database, { ...bounds, limit: 100 }),
    table: table.toSorted((a, b) => (a.stage < b.stage ? -1 : 1)),
  };
}

type Reach = Awaited<ReturnType<typeof rollupReach>>;

async function isRolled(database: Database): Promise<boolean> {
  const { rolledTo } = await rollupReach(database, TIMEOUT_MS);
  return BigInt(rolledTo) * 1_000_000_000n > UNTIL;
}

async function rolledRows(database: Database): Promise<string | undefined> {
  const [row] = await database.query<{ rows: string }>({
    tag: 'test-rolled-rows',
    sql: "SELECT toString(count()) AS rows FROM deliveries_10s WHERE stage != ''",
    params: {},
    maxRows: 1,
    timeoutMs: TIMEOUT_MS,
  });
  return row?.rows;
}
