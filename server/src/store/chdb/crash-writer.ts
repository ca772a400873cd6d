/**
 * A process for crash.int.test.ts to kill: inserts the segments of a directory into the store beside it,
 * over and over, and tells each one that was stored. Arguments: data directory, number of segments.
 */
import { join } from 'node:path';
import { StoreUnavailable } from '../errors.ts';
import { createChdbDatabase } from './driver.ts';
import { storeOptions } from './temporary-database.ts';

const [, , dataDir = '', segments = '0'] = process.argv;
const database = await createChdbDatabase(storeOptions(dataDir));
await database.migrate();
process.stdout.write(`engine ${database.enginePid}\n`);
for (let index = 0; index < Number(segments); index++) {
  const id = `segment-${index}`;
  try {
    const outcome = await database.insert({ signal: 'traces', path: join(dataDir, id), id });
    process.stdout.write(`${outcome.status} ${id}\n`);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    break;
  }
}
process.stdout.write('end\n');
