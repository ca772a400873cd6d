/** What the server and the engine's process say to each other, over Node's IPC channel. */

/** One engine session: one statement at a time. */
export interface SessionSpec {
  /** Statements run once when the session opens; their settings stay on it. */
  setup: string[];
}

export type ToEngine =
  | { op: 'open'; directory: string; configFile: string; sessions: SessionSpec[] }
  /** `session` is an index into `sessions`; the sender sends the next one only after the answer. */
  | { op: 'run'; id: number; session: number; sql: string; format: string }
  | { op: 'close' };

export type FromEngine =
  | { op: 'opened'; version: string }
  | { op: 'open-failed'; message: string }
  | { op: 'done'; id: number; bytes: Uint8Array; elapsedSeconds: number }
  /** `code` is ClickHouse's number of the error, 0 when it gave none. */
  | { op: 'failed'; id: number; code: number; message: string };
