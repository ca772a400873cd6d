/** A roller in a process of its own, for tests that kill it: the data's folder in the first argument. */
import { createChdbDatabase } from '../chdb/driver.ts';
import { storeOptions } from '../chdb/temporary-database.ts';
import type { Database } from '../database.ts';
import { ROLLUP_DAYS } from './levels.ts';
import { Roller } from './roller.ts';

const database = await createChdbDatabase(storeOptions(process.argv[2]!));
await database.migrate();
let statements = 0;
/** Says of each statement that it begins. */
const told: Pick<Database, 'query'> = {
  query: (statement) => {
    process.stdout.write(`STATEMENT ${++statements}: ${statement.tag}\n`);
    return database.query(statement);
  },
};
const roller = new Roller({
  database: Object.assign(Object.create(database) as Database, told),
  keepDays: ROLLUP_DAYS,
});
while (await roller.roll());
process.stdout.write('DONE\n');
await database[Symbol.asyncDispose]();
process.exit(0);
