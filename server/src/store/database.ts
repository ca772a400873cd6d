import type { Signal } from '@hopline/model';

export type ParamValue = string | number | bigint | boolean | readonly string[];

/** One SELECT. Values are bound as `{name:Type}`, never spliced into the text. */
export interface Statement {
  sql: string;
  params: Readonly<Record<string, ParamValue>>;
  /** Question it answers, for the engine's query log and for cancelling: `trace-spans`. */
  tag: string;
  /** More rows are an error, never a silent cut: put a LIMIT in the text. */
  maxRows: number;
  timeoutMs: number;
  /**
   * Runs on the one session that is kept for the store's own work, with one thread, and may insert what
   * it selects.
   */
  background?: boolean;
  /** Stops the engine's work on it; the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** A sealed journal segment: the batch that the engine reads as a whole. */
export interface Segment {
  signal: Signal;
  /** Absolute path. OTLP signals: requests, each with its varint length. Others: one JSON row a line. */
  path: string;
  /** Deduplication token: the same segment may be inserted again after a crash. */
  id: string;
}

/** `stored` also when the engine knew the segment already; `refused` means: not with these bytes, ever. */
export type InsertOutcome = { status: 'stored' } | { status: 'refused'; reason: string };

/**
 * One dialect, two drivers (ADR 0002). Rejects with StoreUnavailable while the engine is down or
 * restarting (try again later), with QueryFailed for a statement the engine refuses, QueryTimeout past
 * `timeoutMs`.
 */
export interface Database extends AsyncDisposable {
  /** Rows as JSON objects: 64-bit integers come as decimal strings. Waits for migrate(), up to 10 s. */
  query<Row>(statement: Statement): Promise<Row[]>;
  /** Runs schema changes, in order, on one connection. */
  migrate(): Promise<void>;
  insert(segment: Segment): Promise<InsertOutcome>;
  readonly state: 'starting' | 'ready' | 'down';
  /** Name and version of the engine for people. */
  readonly engine: string;
}
