import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { startProcess, tempDir, waitFor } from '@hopline/testkit';
import { idOf, parentOf, tracedClients } from './testing/traced-clients.ts';

const SOURCE = join(import.meta.dirname, '../test-go');

/** Builds the Go service; answers why it cannot, where the machine lacks Go or its modules. */
function build(binary: string): string | undefined {
  const version = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (version.error) return 'Go is not installed';
  const options = { cwd: SOURCE, encoding: 'utf8', timeout: 240_000 } as const;
  const { status, stderr } = spawnSync('go', ['build', '-o', binary, '.'], options);
  if (status === 0) return undefined;
  if (/dial tcp|no such host|i\/o timeout|connection refused/.test(stderr)) {
    return `the modules cannot be downloaded: ${stderr.trim().split('\n').at(-1)}`;
  }
  throw new Error(`cannot build ${SOURCE}: ${stderr}`);
}

test('one trace through Node, Go with nats.go and OpenTelemetry, and Node again', async (t) => {
  await using dir = await tempDir('interop');
  const binary = join(dir.path, 'service');
  const reason = build(binary);
  if (reason) {
    console.warn(`SKIPPED: nothing was tested of the exchange with Go: ${reason}`);
    t.skip(reason);
    return;
  }
  await using clients = await tracedClients();
  await using service = await startProcess({
    name: 'go-service',
    command: binary,
    args: [],
    env: { NATS_URL: clients.url },
  });
  await waitFor(() => service.output().includes('ready'), { message: 'the Go service' });
  const sub = clients.nc.subscribe('go.out.*', { callback: () => {} });
  clients.nc.publish('go.in', 'x');
  assert.deepEqual(await service.exited, { code: 0, signal: null }, service.output());
  const line = service
    .output()
    .split('\n')
    .find((each) => each.startsWith('{'));
  const told: Record<string, string> = JSON.parse(line ?? '{}');
  const processed = await waitFor(
    () => {
      const found = clients.spans.all().filter(({ name }) => name === 'process go.out.*');
      return found.length === 2 && found;
    },
    { message: 'both answers, with either letter case of the header' },
  );
  sub.unsubscribe();
  const publish = clients.spans.one('publish go.in');
  assert.equal(told.traceId, publish.spanContext().traceId, 'Go goes on with our trace');
  assert.equal(told.parentSpanId, idOf(publish));
  for (const span of processed) {
    assert.equal(span.spanContext().traceId, told.traceId, 'and we with its');
    assert.equal(parentOf(span), told.spanId);
  }
});
