import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir, waitFor, waitForOutput } from '@hopline/testkit';
import { lengthPrefix } from '../intake/frames.ts';
import { startServer } from '../main.ts';
import { request, span } from '../otlp/requests.fixture.ts';
import {
  allStored,
  type Load,
  sendSpans,
  serverProcess,
  settings,
  storedSpanIds,
} from './servers.fixture.ts';

/** Answered spans are there once; the others once or not at all. */
async function exactlyOnce(dataDir: string, { answered, sent }: Load): Promise<void> {
  const ids = await storedSpanIds(dataDir);
  const stored = new Set(ids);
  const missing = [...answered].filter((id) => !stored.has(id));
  assert.deepEqual(missing.length, 0, `${missing.length} of ${answered.size} answered are missing`);
  assert.equal(ids.length, stored.size, `${ids.length - stored.size} are doubled`);
  assert.ok(ids.every((id) => sent.has(id)));
}

test('kill -9 of the server during load, three times: answered spans are stored exactly once', async (t) => {
  await using dataDir = await tempDir('crash');
  // Segments of every age: being written, sealed, being inserted, inserted and not yet deleted.
  const input = settings(dataDir.path, { journal: { segmentAgeMs: 150, segmentSpans: 2000 } });
  let url = '';
  const load = sendSpans(() => url);
  for (let round = 0; round < 3; round++) {
    await using server = await serverProcess(input);
    url = server.otlpHttpUrl;
    const before = load.answered.size;
    await waitForOutput(server.process, /store ready/, 30_000);
    await waitFor(() => load.answered.size >= before + 4000, {
      message: 'load',
      timeoutMs: 30_000,
    });
    await server.process.kill('SIGKILL');
  }
  {
    await using server = await serverProcess(input);
    url = server.otlpHttpUrl;
    await load.stop();
    await allStored(server.httpUrl);
    const { code } = await server.process.stop();
    assert.equal(code, 0);
  }
  await exactlyOnce(dataDir.path, load);
  t.diagnostic(`${load.answered.size} answered of ${load.sent.size} sent`);
});

test('a segment that was stored but not deleted before the crash is not stored again', async () => {
  await using dataDir = await tempDir('again');
  const lane = join(dataDir.path, 'journal', 'traces');
  await mkdir(lane, { recursive: true });
  const ids = Array.from({ length: 50 }, () => randomBytes(8));
  const body = request(
    'traces',
    ids.map((span_id) => span({ span_id })),
  );
  const segment = Buffer.concat([lengthPrefix(body.length), body]);
  for (let run = 0; run < 2; run++) {
    await writeFile(join(lane, '1795354542882-00001-aa.50.sealed'), segment);
    await using server = await startServer(settings(dataDir.path, { logLevel: 'silent' }));
    await allStored(server.httpUrl);
  }
  const stored = await storedSpanIds(dataDir.path);
  assert.deepEqual(stored.sort(), ids.map((id) => id.toString('hex')).sort());
});

test('the engine is killed during load: the doors stay open, nothing is lost or doubled', async (t) => {
  await using dataDir = await tempDir('engine-death');
  await using server = await serverProcess(
    settings(dataDir.path, { journal: { segmentAgeMs: 150, segmentSpans: 2000 } }),
  );
  const load = sendSpans(() => server.otlpHttpUrl);
  const seen = new Set<number>();
  for (let round = 0; round < 3; round++) {
    const pid = await waitFor(
      () =>
        [...server.process.output().matchAll(/"pid":(\d+),[^\n]*store engine is ready/g)]
          .map((match) => Number(match[1]))
          .find((one) => !seen.has(one)),
      { message: 'a new engine', timeoutMs: 30_000 },
    );
    seen.add(pid);
    const before = load.answered.size;
    await waitFor(() => load.answered.size >= before + 3000, {
      message: 'load',
      timeoutMs: 30_000,
    });
    process.kill(pid, 'SIGKILL');
  }
  const afterLast = load.answered.size;
  await waitFor(() => load.answered.size > afterLast, { message: 'answers without an engine' });
  await load.stop();
  assert.equal(load.answered.size, load.sent.size, 'a request was not taken');
  await allStored(server.httpUrl);
  const { code } = await server.process.stop();
  assert.equal(code, 0);
  await exactlyOnce(dataDir.path, load);
  t.diagnostic(`${load.answered.size} spans, engines ${[...seen].join(', ')}`);
});

test('SIGTERM during load: drains, ends with 0, and all is stored', async () => {
  await using dataDir = await tempDir('drain');
  await using server = await serverProcess(settings(dataDir.path));
  const load = sendSpans(() => server.otlpHttpUrl);
  await waitForOutput(server.process, /store ready/, 30_000);
  await waitFor(() => load.answered.size >= 3000, { message: 'load', timeoutMs: 30_000 });
  const { code } = await server.process.stop();
  await load.stop();
  assert.equal(code, 0);
  await exactlyOnce(dataDir.path, load);
});
