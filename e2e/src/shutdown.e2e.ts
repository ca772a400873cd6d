import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { hopline, startDemo } from './product.ts';

test('--duration ends the demo by itself, with exit code 0', { timeout: 180_000 }, async () => {
  await using demo = await startDemo(['--duration', '3s']);
  assert.deepEqual(await demo.process.exited, { code: 0, signal: null }, demo.process.output());
});

test('a port that is taken is named, before anything starts', { timeout: 60_000 }, async () => {
  const taken = createServer();
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
  try {
    const { port } = taken.address() as { port: number };
    const { code, output } = await hopline(['demo', '--port', String(port)]);
    assert.equal(code, 1);
    assert.match(output, new RegExp(`\\b${port}\\b.*taken`));
    assert.doesNotMatch(output, /NATS cluster/);
  } finally {
    taken.close();
  }
});
