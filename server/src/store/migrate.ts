import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { MigrationFailed } from './errors.ts';
import type { RollupDays } from './rollups/levels.ts';

export interface MigrationTarget {
  query<Row>(sql: string): Promise<Row[]>;
  execute(sql: string): Promise<void>;
  /** Rows older than this are dropped. */
  retentionDays: number;
  /** The same of each level of the rollups. */
  rollupDays: RollupDays;
  /** Folder of `NNNN-name.sql` files; the code's own unless a test says otherwise. */
  schemaDir?: string;
}

interface Migration {
  number: number;
  name: string;
  sql: string;
  checksum: string;
}

interface Applied {
  number: number;
  name: string;
  checksum: string;
}

const SCHEMA_DIR = fileURLToPath(new URL('./schema/', import.meta.url));
const FILE_NAME = /^(\d{4})-[a-z0-9-]+\.sql$/;
/** The column that tells a row's age, per table. */
const TIME_COLUMNS = {
  spans: 'start',
  logs: 'time',
  hops: 'time',
  advisories: 'time',
  assets: 'time',
  cluster_events: 'time',
  metrics: 'time',
  clock_windows: 'bucket',
  attempts: 'bucket',
} as const;
const ROLLUP = /^(?:deliveries|traffic)_(10s|1m|1h)$/;

/**
 * Brings the store to the schema of this code: each file runs once, in order of its number. Throws
 * MigrationFailed when an applied file has changed since, or when the store is newer than the code.
 */
export async function applyMigrations(target: MigrationTarget): Promise<void> {
  const migrations = await readMigrations(target.schemaDir ?? SCHEMA_DIR);
  await target.execute(
    'CREATE TABLE IF NOT EXISTS migrations (number UInt32, name String, checksum String, ' +
      "applied_at DateTime('UTC') DEFAULT now()) ENGINE = MergeTree ORDER BY number",
  );
  const applied = await target.query<Applied>(
    'SELECT number, name, checksum FROM migrations ORDER BY number',
  );
  for (const done of applied) requireSame(done, migrations.get(done.number));
  const known = new Set(applied.map(({ number }) => number));
  for (const migration of migrations.values()) {
    if (!known.has(migration.number)) await apply(target, migration);
  }
  await applyRetention(target);
}

async function readMigrations(directory: string): Promise<Map<number, Migration>> {
  const migrations = new Map<number, Migration>();
  for (const name of (await readdir(directory)).sort()) {
    const number = Number(FILE_NAME.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(number)) {
      throw new MigrationFailed(`cannot read schema file ${name}: its name is not NNNN-name.sql`);
    }
    const twin = migrations.get(number);
    if (twin) throw new MigrationFailed(`cannot order schema files ${twin.name} and ${name}`);
    const sql = await readFile(`${directory}/${name}`, 'utf8');
    const checksum = createHash('sha256').update(sql).digest('hex');
    migrations.set(number, { number, name, sql, checksum });
  }
  return migrations;
}

function requireSame(done: Applied, migration: Migration | undefined): void {
  if (!migration) {
    throw new MigrationFailed(
      `cannot open store: it holds schema change ${done.name}, which this version does not know; ` +
        'it was written by a newer version',
    );
  }
  if (migration.checksum !== done.checksum) {
    throw new MigrationFailed(
      `cannot open store: schema file ${migration.name} has changed since it was applied ` +
        `(${done.checksum.slice(0, 12)} then, ${migration.checksum.slice(0, 12)} now); ` +
        'put a change into a new file',
    );
  }
}

async function apply(target: MigrationTarget, migration: Migration): Promise<void> {
  try {
    await target.execute(migration.sql);
  } catch (error) {
    const cause = (error as Error).message;
    throw new MigrationFailed(`cannot apply schema file ${migration.name}: ${cause}`, {
      cause: error,
    });
  }
  // Names and checksums are ours: a file name matched FILE_NAME, a checksum is hex.
  const { number, name, checksum } = migration;
  await target.execute(
    `INSERT INTO migrations (number, name, checksum) VALUES (${number}, '${name}', '${checksum}')`,
  );
}

/** The limit of age is a setting, not a migration: it may differ at each start. */
async function applyRetention({
  query,
  execute,
  retentionDays,
  rollupDays,
}: MigrationTarget): Promise<void> {
  const tables = await query<{ name: string; create: string }>(
    'SELECT name, create_table_query AS create FROM system.tables WHERE database = currentDatabase()',
  );
  for (const { name, create } of tables) {
    const level = ROLLUP.exec(name)?.[1] as keyof RollupDays | undefined;
    const column = level ? 'bucket' : TIME_COLUMNS[name as keyof typeof TIME_COLUMNS];
    if (!column) continue;
    const days = level ? rollupDays[level] : retentionDays;
    const ttl = `toDateTime(${column}) + toIntervalDay(${days})`;
    if (create.includes(`TTL ${ttl}`)) continue;
    await execute(`ALTER TABLE ${name} MODIFY TTL ${ttl}`);
  }
}
