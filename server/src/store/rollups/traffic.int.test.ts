import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unixNs } from '@hopline/model';
import { storeStory } from '../../api/story-fixture.ts';
import { temporaryDatabase } from '../chdb/temporary-database.ts';
import { mapTraffic } from '../queries/map-traffic.ts';
import { ROLLUP_DAYS } from './levels.ts';
import { NOTHING_ROLLED, type RolledBounds, wholeBuckets } from './range.ts';
import { rollupReach } from './reach.ts';
import { Roller } from './roller.ts';

const MINUTE_NS = 60_000_000_000n;

test('what the map is drawn from: rollups and spans agree, also after the same input five times', async () => {
  await using store = await temporaryDatabase();
  const { database, dataDir: folder } = store;
  const now = BigInt(Date.now()) * 1_000_000n;
  const begin = now - 90n * MINUTE_NS;
  const roller = new Roller({ database, keepDays: ROLLUP_DAYS });
  const answers = (bounds: RolledBounds) => mapTraffic(database, { ...bounds, limit: 1000 });
  await storeStory(database, { folder, begin });
  while (await roller.roll());
  const asked = { from: unixNs(begin - MINUTE_NS), to: unixNs(now - MINUTE_NS), timeoutMs: 60_000 };
  const bounds = wholeBuckets(asked, await rollupReach(database, 60_000));
  const rolled = await answers(bounds);
  assert.deepEqual(rolled, await answers({ ...bounds, reach: NOTHING_ROLLED }));
  for (const [name, rows] of Object.entries(rolled)) assert.notDeepEqual(rows, [], name);

  for (let replay = 1; replay <= 5; replay++) {
    await storeStory(database, { folder, begin, delivery: `again-${replay}` });
    while (await roller.roll());
  }
  assert.deepEqual(await answers(bounds), rolled);
});
