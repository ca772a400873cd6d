/**
 * The engine's own process: chDB, one Session per lane, no decisions. The server starts it (see
 * engine-process.ts), so a fault of the engine cannot take the server with it and a long query cannot
 * hold the server's thread pool. It ends with its parent, however that ends.
 */
import { createRequire } from 'node:module';
import type * as Chdb from 'chdb';
import { forgetMissingParts } from './forgotten-parts.ts';
import type { FromEngine, ToEngine } from './protocol.ts';

// Through require: chDB's ES entry lacks the types of its own named exports.
const { Session } = createRequire(import.meta.url)('chdb') as typeof Chdb;

type Open = Extract<ToEngine, { op: 'open' }>;
type Run = Extract<ToEngine, { op: 'run' }>;

const sessions: Chdb.Session[] = [];

process.on('message', (message: ToEngine) => {
  if (message.op === 'open') void open(message);
  else if (message.op === 'run') void run(message);
  else close();
});
// SIGKILL, not exit(): exit waits for running queries, and the store survives it (tested).
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// Ctrl-C reaches the whole process group: the server decides when the engine stops.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

async function open(message: Open): Promise<void> {
  try {
    for (const spec of message.sessions) {
      const args = [`--config-file=${message.configFile}`];
      const session = new Session(message.directory, { connectionArgs: args });
      sessions.push(session);
      for (const statement of spec.setup) await session.queryAsync(statement);
    }
    const [first] = sessions;
    if (!first) throw new Error('no session was asked for');
    const run = async <Row>(sql: string): Promise<Row[]> => {
      const result = await first.queryAsync(sql, { format: 'JSONEachRow' });
      const lines = result.text().split('\n').filter(Boolean);
      return lines.map((line) => JSON.parse(line) as Row);
    };
    const forgotten = await forgetMissingParts(message.database, run);
    const [row] = await run<{ version: string }>('SELECT version() AS version');
    send({ op: 'opened', version: row?.version ?? '', forgotten });
  } catch (error) {
    send({ op: 'open-failed', message: (error as Error).message });
  }
}

async function run({ id, session, sql, format }: Run): Promise<void> {
  try {
    const at = sessions[session];
    if (!at) throw new Error(`no session ${session}`);
    const result = await at.queryAsync(sql, { format });
    send({ op: 'done', id, bytes: result.bytes(), elapsedSeconds: result.elapsed });
  } catch (error) {
    const { message, clickhouseCode } = error as Error & { clickhouseCode?: number };
    send({ op: 'failed', id, code: clickhouseCode ?? 0, message });
  }
}

function close(): void {
  for (const session of sessions) session.close();
  process.exit(0);
}

function send(message: FromEngine): void {
  // The parent may be gone at any moment; 'disconnect' deals with that.
  process.send?.(message, undefined, {}, () => {});
}
