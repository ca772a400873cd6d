import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Signal } from '@hopline/model';
import type { InsertOutcome } from '../database.ts';
import { type ChdbDatabase, type ChdbOptions, createChdbDatabase } from './driver.ts';

/** For tests: a migrated store in a directory that goes with it. */
export interface TemporaryDatabase extends AsyncDisposable {
  readonly database: ChdbDatabase;
  readonly dataDir: string;
  /** Writes `bytes` as a segment file and inserts it; the id is its token. */
  insert(signal: Signal, id: string, bytes: Uint8Array | string): Promise<InsertOutcome>;
  /** All rows of a SELECT. */
  select<Row>(sql: string): Promise<Row[]>;
}

export async function temporaryDatabase(
  options: Partial<ChdbOptions> = {},
): Promise<TemporaryDatabase> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'hopline store ')));
  const database = await createChdbDatabase({ ...storeOptions(dataDir), ...options });
  await database.migrate();
  return {
    database,
    dataDir,
    async insert(signal, id, bytes) {
      const path = join(dataDir, `${id}.segment`);
      await writeFile(path, bytes);
      return await database.insert({ signal, path, id });
    },
    select: (sql) =>
      database.query({ sql, params: {}, tag: 'test', maxRows: 100_000, timeoutMs: 20_000 }),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export const storeOptions = (dataDir: string): ChdbOptions => ({
  dataDir,
  maxMemoryBytes: 1024 ** 3,
  readers: 2,
  writers: 2,
  queryTimeoutMs: 20_000,
  retentionDays: 7,
});
