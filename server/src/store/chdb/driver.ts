import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, InsertOutcome, Segment, Statement } from '../database.ts';
import { QueryFailed, QueryTimeout, QueryTooLarge, StoreUnavailable } from '../errors.ts';
import { formatSchemas, insertStatement } from '../insert/statement.ts';
import { applyMigrations } from '../migrate.ts';
import { ROLLUP_DAYS, type RollupDays } from '../rollups/levels.ts';
import { engineConfig } from './engine-config.ts';
import { isPassing, isRefusal, isTooLarge, TIMEOUT_EXCEEDED } from './engine-errors.ts';
import { EngineError, EngineProcess, type StoreLog } from './engine-process.ts';
import { Lane } from './lane.ts';
import { paramAssignments, sqlString } from './literal.ts';
import { parseRows } from './rows.ts';
import { DATABASE, sessionPlan } from './session-plan.ts';

export interface ChdbOptions {
  /** The store lives in `<dataDir>/store`. */
  dataDir: string;
  maxMemoryBytes: number;
  readers: number;
  writers: number;
  /** Upper bound of every statement's own timeout. */
  queryTimeoutMs: number;
  retentionDays: number;
  /** Days for which each level of the rollups is kept; default: those of the settings. */
  rollupDays?: RollupDays;
  /** Folder of the schema files, for tests of migration. */
  schemaDir?: string;
  log?: StoreLog;
}

const MAX_WAITING_QUERIES = 256;
const MAX_WAITING_INSERTS = 64;
const INSERT_TIMEOUT_MS = 120_000;
const DDL_TIMEOUT_MS = 120_000;
const START_TIMEOUT_MS = 60_000;
/** So long a question waits for the engine to start and its schema to be in place. */
const SCHEMA_WAIT_MS = 10_000;
/** A statement that goes on this long after it was killed is stuck: the engine is started anew. */
const STUCK_MS = 30_000;
const KILL_AGAIN_MS = 100;
const SILENT: StoreLog = { info: () => {}, warn: () => {} };

/**
 * Opens (or makes) the store under `dataDir` and starts its engine. Resolves as soon as the engine's
 * process is on its way: `state` tells when it answers, migrate() waits for it.
 */
export async function createChdbDatabase(options: ChdbOptions): Promise<ChdbDatabase> {
  const directory = resolve(options.dataDir, 'store');
  if (/[*?{}]|::/.test(directory)) {
    throw new QueryFailed(
      `cannot open store ${directory}: the engine reads * ? { } and :: in a path as patterns; ` +
        'choose another data directory',
    );
  }
  const formatSchemaDir = join(directory, 'formats');
  await mkdir(formatSchemaDir, { recursive: true });
  for (const [name, text] of Object.entries(formatSchemas())) {
    await writeFile(join(formatSchemaDir, name), text);
  }
  const configFile = join(directory, 'hopline-engine.xml');
  await writeFile(configFile, engineConfig(options.maxMemoryBytes));
  return new ChdbDatabase(options, { directory, configFile, formatSchemaDir });
}

interface Place {
  directory: string;
  configFile: string;
  formatSchemaDir: string;
}

interface Job {
  sql: string;
  session: number;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** The embedded ClickHouse engine behind the Database interface. */
export class ChdbDatabase implements Database {
  readonly #options: ChdbOptions;
  readonly #process: EngineProcess;
  readonly #readers: Lane;
  readonly #writers: Lane;
  readonly #background: Lane;
  readonly #control: Lane;
  readonly #schema = Promise.withResolvers<void>();
  #isMigrated = false;
  #nextJob = 1;

  constructor(options: ChdbOptions, place: Place) {
    this.#options = options;
    const plan = sessionPlan(options);
    const log = options.log ?? SILENT;
    this.#process = new EngineProcess({
      ...place,
      database: DATABASE,
      sessions: plan.sessions,
      log,
    });
    this.#readers = new Lane(plan.readers, MAX_WAITING_QUERIES);
    this.#writers = new Lane(plan.writers, MAX_WAITING_INSERTS);
    this.#background = new Lane(plan.background, MAX_WAITING_QUERIES);
    this.#control = new Lane(plan.control, MAX_WAITING_QUERIES);
  }

  get state(): Database['state'] {
    return this.#process.state;
  }

  get engine(): string {
    return `chDB (ClickHouse ${this.#process.version || 'starting'})`;
  }

  /** Process id of the engine, undefined while none runs. */
  get enginePid(): number | undefined {
    return this.#process.pid;
  }

  async query<Row>(statement: Statement): Promise<Row[]> {
    const { tag, maxRows, signal } = statement;
    const timeoutMs = statement.background
      ? statement.timeoutMs
      : Math.min(statement.timeoutMs, this.#options.queryTimeoutMs);
    const startedAt = performance.now();
    const settings = [
      `max_execution_time = ${timeoutMs / 1000}`,
      `max_result_rows = ${maxRows}`,
      ...paramAssignments(statement),
    ];
    const id = this.#nextJob++;
    const sql = `SET ${settings.join(', ')};\n/* hopline:${tag} job:${id}; */ ${statement.sql}`;
    signal?.throwIfAborted();
    await this.#schemaInPlace(Math.min(timeoutMs, SCHEMA_WAIT_MS));
    const lane = statement.background ? this.#background : this.#readers;
    const session = await lane.take(timeoutMs);
    const leftMs = timeoutMs - (performance.now() - startedAt);
    try {
      const bytes = await this.#run(id, { sql, session, timeoutMs: leftMs, signal }, lane);
      const rows = await parseRows<Row>(bytes);
      if (rows.length > maxRows)
        throw new QueryTooLarge(`cannot answer ${tag}: over ${maxRows} rows`);
      return rows;
    } catch (error) {
      throw queryError(error, tag, timeoutMs);
    }
  }

  async migrate(): Promise<void> {
    await this.#process.ready(START_TIMEOUT_MS);
    const session = await this.#writers.take(START_TIMEOUT_MS);
    const run = async (sql: string): Promise<Uint8Array> => {
      try {
        return await this.#process.run(session, sql, 'JSONEachRow');
      } catch (error) {
        throw queryError(error, 'migrate', DDL_TIMEOUT_MS);
      }
    };
    try {
      await applyMigrations({
        query: async <Row>(sql: string) => await parseRows<Row>(await run(sql)),
        execute: async (sql) => void (await run(sql)),
        retentionDays: this.#options.retentionDays,
        rollupDays: this.#options.rollupDays ?? ROLLUP_DAYS,
        ...(this.#options.schemaDir ? { schemaDir: this.#options.schemaDir } : {}),
      });
      this.#isMigrated = true;
      this.#schema.resolve();
    } finally {
      this.#writers.give(session);
    }
  }

  async insert(segment: Segment): Promise<InsertOutcome> {
    const session = await this.#writers.take(INSERT_TIMEOUT_MS);
    const id = this.#nextJob++;
    const sql = `/* hopline:insert job:${id}; */ ${insertStatement(segment)}`;
    try {
      await this.#run(id, { sql, session, timeoutMs: INSERT_TIMEOUT_MS }, this.#writers);
      return { status: 'stored' };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (isRefusal(error.engineCode, error.message))
        return { status: 'refused', reason: error.message };
      const message = `cannot insert segment ${segment.id}: ${error.message}`;
      if (isPassing(error.engineCode)) throw new StoreUnavailable(message, { cause: error });
      throw new QueryFailed(message, error.engineCode, { cause: error });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const lane of [this.#readers, this.#writers, this.#background, this.#control]) {
      lane.refuseAll('cannot run statement: the store was closed');
    }
    await this.#process[Symbol.asyncDispose]();
  }

  /** The engine answers before the tables are there. Rejects with StoreUnavailable when it takes too long. */
  async #schemaInPlace(waitMs: number): Promise<void> {
    // An engine that is down refuses by itself, and says why.
    if (this.#isMigrated || this.state === 'down') return;
    await Promise.race([this.#schema.promise, sleep(waitMs, null, { ref: false })]);
    if (!this.#isMigrated)
      throw new StoreUnavailable(
        'cannot reach store: it is starting, its schema is not yet in place',
      );
  }

  /**
   * Runs a job and gives its session back when the engine is done with it, which may be after the
   * caller was told of a timeout.
   */
  async #run(id: number, job: Job, lane: Lane): Promise<Uint8Array> {
    const { sql, session, timeoutMs, signal } = job;
    if (signal?.aborted) {
      lane.give(session);
      throw signal.reason;
    }
    const running = this.#process.run(session, sql, 'JSONEachRow');
    const told = Promise.withResolvers<never>();
    const done = new AbortController();
    const stop = (reason: unknown): void => {
      told.reject(reason);
      void this.#kill(id, done.signal);
    };
    const onAbort = (): void => stop(signal?.reason);
    const timer = setTimeout(() => stop(new QueryTimeout('', timeoutMs)), timeoutMs);
    const stuck = setTimeout(() => {
      this.#process.kill(`a statement went on ${STUCK_MS} ms after its end`);
    }, timeoutMs + STUCK_MS);
    signal?.addEventListener('abort', onAbort, { once: true });
    const settled = (): void => {
      clearTimeout(timer);
      clearTimeout(stuck);
      signal?.removeEventListener('abort', onAbort);
      done.abort();
      lane.give(session);
    };
    running.then(settled, settled);
    return await Promise.race([running, told.promise]);
  }

  /**
   * Asks the engine to stop a job until it has: the first call may come before the engine knows the
   * job. ASYNC, because KILL … SYNC never returns on the embedded engine.
   */
  async #kill(id: number, done: AbortSignal): Promise<void> {
    const sql = `KILL QUERY WHERE query LIKE ${sqlString(`% job:${id}; */%`)} ASYNC`;
    while (!done.aborted) {
      let session: number | undefined;
      try {
        session = await this.#control.take(STUCK_MS);
        await this.#process.run(session, sql, 'Null');
      } catch {
        // The engine has ended, and the job with it.
        return;
      } finally {
        if (session !== undefined) this.#control.give(session);
      }
      await sleep(KILL_AGAIN_MS, null, { signal: done }).catch(() => {});
    }
  }
}

function queryError(error: unknown, tag: string, timeoutMs: number): unknown {
  const timeout = `cannot answer ${tag}: it took longer than ${timeoutMs} ms`;
  if (error instanceof QueryTimeout) return new QueryTimeout(timeout, timeoutMs);
  if (!(error instanceof EngineError)) return error;
  const message = `cannot answer ${tag}: ${error.message}`;
  const { engineCode } = error;
  if (engineCode === TIMEOUT_EXCEEDED)
    return new QueryTimeout(timeout, timeoutMs, { cause: error });
  if (isTooLarge(engineCode)) return new QueryTooLarge(message, { cause: error });
  if (isPassing(engineCode)) return new StoreUnavailable(message, { cause: error });
  return new QueryFailed(message, engineCode, { cause: error });
}
