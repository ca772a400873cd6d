import type { SessionSpec } from './protocol.ts';

export const DATABASE = 'hopline';

/** As of nice(1): of the threads that work on rollups. */
const BACKGROUND_NICE = 10;

export interface SessionPlan {
  sessions: SessionSpec[];
  /** Indexes into `sessions`. */
  writers: number[];
  readers: number[];
  background: number[];
  control: number[];
}

interface PlanOptions {
  writers: number;
  readers: number;
  maxMemoryBytes: number;
}

/** Which sessions the engine opens, and the settings that stay on each. */
export function sessionPlan({ writers, readers, maxMemoryBytes }: PlanOptions): SessionPlan {
  const share = Math.floor(maxMemoryBytes / 2);
  const writer = [
    // Atomic: the engine's default database cannot hold refreshable views.
    `CREATE DATABASE IF NOT EXISTS ${DATABASE} ENGINE = Atomic`,
    `USE ${DATABASE}`,
    `SET async_insert = 0, max_memory_usage = ${share}, output_format_json_quote_64bit_integers = 1`,
    // One block a segment, always cut the same way: the deduplication token is that of one block.
    'SET max_threads = 1, max_insert_threads = 1, input_format_parallel_parsing = 0, ' +
      'max_block_size = 1000000, max_insert_block_size = 10000000, ' +
      'min_insert_block_size_rows = 10000000, min_insert_block_size_bytes = 0',
    "SET deduplicate_insert_select = 'enable_even_for_bad_queries', insert_deduplicate = 1",
  ];
  const reader = [
    `USE ${DATABASE}`,
    `SET max_memory_usage = ${share}, output_format_json_quote_64bit_integers = 1, ` +
      "result_overflow_mode = 'throw', timeout_overflow_mode = 'throw'",
    // No change of data nor tables; settings, which carry the parameters, may still change.
    'SET readonly = 2',
  ];
  const background = [
    `USE ${DATABASE}`,
    `SET max_memory_usage = ${share}, output_format_json_quote_64bit_integers = 1, ` +
      "result_overflow_mode = 'throw', timeout_overflow_mode = 'throw'",
    // Whoever waits for an answer comes first; what one statement inserts is one block.
    `SET max_threads = 1, max_insert_threads = 1, os_thread_priority = ${BACKGROUND_NICE}, ` +
      'min_insert_block_size_rows = 10000000, min_insert_block_size_bytes = 0',
  ];
  const sessions: SessionSpec[] = [];
  const add = (count: number, setup: string[]): number[] =>
    Array.from({ length: count }, () => sessions.push({ setup }) - 1);
  return {
    sessions,
    writers: add(writers, writer),
    readers: add(readers, reader),
    background: add(1, background),
    control: add(1, [`USE ${DATABASE}`]),
  };
}
