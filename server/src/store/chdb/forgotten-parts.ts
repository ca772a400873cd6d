import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Runs a statement and gives its rows. */
export type RunRows = <Row>(sql: string) => Promise<Row[]>;

interface Table {
  name: string;
  path: string;
}

interface Part {
  partition: string;
  first: number;
  last: number;
}

/** A line of the engine's deduplication log: operation (1 add, 2 drop), part, id of the block. */
interface Line {
  part: string;
  block: string;
}

const ADD = '1';
const DROP = '2';

/**
 * Makes the engine forget blocks that it noted but never stored. On insert it writes the block's id into
 * the table's deduplication log and then gives the part its name; killed between the two, it would
 * take the repeated insert for a duplicate and drop it. Run once after opening, before any insert.
 * Returns how many blocks it had to forget. Parts that aged away count too, which does no harm.
 */
export async function forgetMissingParts(database: string, run: RunRows): Promise<number> {
  const tables = await run<Table>(
    'SELECT name, data_paths[1] AS path FROM system.tables ' +
      `WHERE database = '${database}' AND engine LIKE '%MergeTree'`,
  );
  let forgotten = 0;
  for (const { name, path } of tables) {
    const directory = join(path, 'deduplication_logs');
    const { lines, lastFile } = await readLogs(directory);
    if (lastFile === undefined) continue;
    const parts = await run<Part>(
      'SELECT partition_id AS partition, toInt32(min_block_number) AS first, ' +
        'toInt32(max_block_number) AS last FROM system.parts ' +
        `WHERE database = '${database}' AND table = '${name}' AND active`,
    );
    const missing = lines.filter(({ part }) => !isCovered(part, parts));
    if (missing.length === 0) continue;
    const drops = missing.map(({ part, block }) => `${DROP}\t${part}\t${block}\n`);
    await appendFile(join(directory, lastFile), drops.join(''));
    // The log is read when the table is loaded.
    await run(`DETACH TABLE ${database}.${name}`);
    await run(`ATTACH TABLE ${database}.${name}`);
    forgotten += missing.length;
  }
  return forgotten;
}

/** What the logs of one table hold as stored, later files and lines over earlier ones. */
async function readLogs(directory: string): Promise<{ lines: Line[]; lastFile?: string }> {
  const files = (await readdir(directory).catch(() => [])).sort((a, b) => number(a) - number(b));
  const blocks = new Map<string, string>();
  for (const file of files) {
    for (const line of (await readFile(join(directory, file), 'utf8')).split('\n')) {
      const [operation, part, block] = line.split('\t');
      if (part === undefined || block === undefined) continue;
      if (operation === ADD) blocks.set(block, part);
      else blocks.delete(block);
    }
  }
  const lines = [...blocks].map(([block, part]) => ({ block, part }));
  const lastFile = files.at(-1);
  return lastFile === undefined ? { lines } : { lines, lastFile };
}

const number = (file: string): number => Number(/(\d+)\.txt$/.exec(file)?.[1] ?? 0);

/** A part is there when it, or one that it was merged into, is. Names: partition_first_last_level. */
function isCovered(part: string, parts: readonly Part[]): boolean {
  const [partition, first, last] = part.split('_');
  return parts.some(
    (at) => at.partition === partition && at.first <= Number(first) && at.last >= Number(last),
  );
}
