/** What the server and the engine's process say to each other, over Node's IPC channel. */

/** One engine session: one statement at a time. */
export interface SessionSpec {
  /** Statements run once when the session opens; their settings stay on it. */
  setup: string[];
}

export type ToEngine =
  | {
      op: 'open';
      directory: string;
      configFile: string;
      /** Made by the sessions' setup; its tables are checked after a crash. */
      database: string;
      sessions: SessionSpec[];
    }
  /** `session` is an index into `sessions`; the sender sends the next one only after the answer. */
  | { op: 'run'; id: number; session: number; sql: string; format: string }
  | { op: 'close' };

export type FromEngine =
  /** `forgotten`: inserts that an earlier engine had noted but not stored (forgotten-parts.ts). */
  | { op: 'opened'; version: string; forgotten: number }
  | { op: 'open-failed'; message: string }
  | { op: 'done'; id: number; bytes: Uint8Array; elapsedSeconds: number }
  /** `code` is ClickHouse's number of the error, 0 when it gave none. */
  | { op: 'failed'; id: number; code: number; message: string };
