import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tempDir, waitFor, waitForOutput } from '@hopline/testkit';
import { allStored, exactlyOnce, sendSpans, serverProcess, settings } from './servers.fixture.ts';

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
