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
  exactlyOnce,
  sendSpans,
  serverProcess,
  settings,
  storedSpanIds,
} from './servers.fixture.ts';

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
