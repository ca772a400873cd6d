import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { waitFor } from '@hopline/testkit';
import { hopline, startDemo } from './product.ts';

const isAlive = async (url: string): Promise<boolean> => {
  try {
    await fetch(url, { signal: AbortSignal.timeout(1000) });
    return true;
  } catch {
    return false;
  }
};

test('Ctrl-C stops everything the demo started, with exit code 0', {
  timeout: 180_000,
}, async () => {
  await using demo = await startDemo();
  const status = (await (await fetch(`${demo.url}/api/v1/status`)).json()) as {
    monitor: { url: string }[];
  };
  const addresses = [
    demo.url,
    `${demo.gatewayUrl}/orders`,
    ...status.monitor.map(({ url }) => `${url}/varz`),
  ];
  assert.equal(addresses.length, 6, 'UI, gateway, three servers and the leaf');
  for (const address of addresses) assert.ok(await isAlive(address), address);
  demo.process.signal('SIGINT');
  assert.deepEqual(await demo.process.exited, { code: 0, signal: null }, demo.process.output());
  for (const address of addresses) {
    await waitFor(async () => !(await isAlive(address)), { message: `the end of ${address}` });
  }
});

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
