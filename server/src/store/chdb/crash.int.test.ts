import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startProcess, tempDir, waitFor } from '@hopline/testkit';
import { StoreUnavailable } from '../errors.ts';
import { encodeRequest } from '../insert/otlp-fixture.ts';
import { type TemporaryDatabase, temporaryDatabase } from './temporary-database.ts';

const SEGMENTS = 24;
const SPANS = 100;
const WRITER = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));

/** The spans of segment n are named after it, and spread over two days: two parts for each insert. */
async function writeSegments(directory: string): Promise<void> {
  const now = BigInt(Date.now()) * 1_000_000n;
  for (let index = 0; index < SEGMENTS; index++) {
    const spans = Array.from({ length: SPANS }, (_, span) => ({
      name: `segment-${index}`,
      start_time_unix_nano: (now - BigInt(span % 2) * 86_400_000_000_000n).toString(),
    }));
    const request = encodeRequest('traces', { resource_spans: [{ scope_spans: [{ spans }] }] });
    await writeFile(join(directory, `segment-${index}`), request);
  }
}

const stored = async (store: TemporaryDatabase): Promise<Map<string, number>> => {
  const rows = await store.select<{ name: string; n: string }>(
    'SELECT name, count() AS n FROM spans GROUP BY name',
  );
  return new Map(rows.map(({ name, n }) => [name, Number(n)]));
};

/** What a restarted server does: every segment whose fate it does not know goes in again. */
async function insertAll(store: TemporaryDatabase): Promise<void> {
  for (let index = 0; index < SEGMENTS; index++) {
    const id = `segment-${index}`;
    const path = join(store.dataDir, id);
    for (;;) {
      try {
        assert.deepEqual(await store.database.insert({ signal: 'traces', path, id }), {
          status: 'stored',
        });
        break;
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        await waitFor(() => store.database.state === 'ready', {
          message: 'the engine back',
          timeoutMs: 60_000,
        });
      }
    }
  }
}

const everything = new Map(
  Array.from({ length: SEGMENTS }, (_, index) => [`segment-${index}`, SPANS] as const),
);

test('the engine killed again and again while it inserts: nothing is lost or doubled', async () => {
  await using store = await temporaryDatabase();
  await writeSegments(store.dataDir);
  let kills = 0;
  const killer = setInterval(() => {
    const pid = store.database.enginePid;
    if (pid === undefined || store.database.state !== 'ready' || kills === 5) return;
    kills++;
    process.kill(pid, 'SIGKILL');
  }, 150);
  try {
    while (kills < 5) await insertAll(store);
  } finally {
    clearInterval(killer);
  }
  await insertAll(store);
  assert.deepEqual(sorted(await stored(store)), sorted(everything));
});

test('the server killed while it inserts: its engine ends too, and what was told stored is there', async () => {
  await using directory = await tempDir('crash');
  await writeSegments(directory.path);
  const told: string[] = [];
  for (const after of [3, 9, 16]) {
    await using writer = await startProcess({
      name: 'crash-writer',
      args: [WRITER, directory.path, String(SEGMENTS)],
      readyLine: /engine (\d+)/,
      readyTimeoutMs: 60_000,
    });
    const engine = Number(writer.ready[1]);
    const lines = (): string[] =>
      [...writer.output().matchAll(/stored (\S+)\n/g)].map((m) => m[1]!);
    await waitFor(() => lines().length >= after, {
      message: `${after} segments stored`,
      timeoutMs: 60_000,
    });
    await writer.kill('SIGKILL');
    told.push(...lines());
    await waitFor(() => !isAlive(engine), { message: 'the end of the engine' });
  }
  await using store = await temporaryDatabase({ dataDir: directory.path });
  const before = await stored(store);
  for (const name of told) assert.equal(before.get(name), SPANS, name);
  await insertAll(store);
  assert.deepEqual(sorted(await stored(store)), sorted(everything));
});

const sorted = (counts: Map<string, number>): [string, number][] =>
  [...counts].sort(([a], [b]) => (a < b ? -1 : 1));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
