import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { chooseDemoPorts } from './demo-ports.ts';

test('a taken UI port is an error that names it', async () => {
  await using taken = await takePort();
  const wanted = { ui: taken.port, otlpHttp: 0, otlpGrpc: 0, gateway: 0 };
  await assert.rejects(chooseDemoPorts(wanted), {
    code: 'PORT_TAKEN',
    message: `cannot serve the UI on port ${taken.port}: it is taken; choose another with --port`,
  });
});

test('the others give way and say so', async () => {
  await using taken = await takePort();
  const chosen = await chooseDemoPorts({ ui: 0, otlpHttp: taken.port, otlpGrpc: 0, gateway: 0 });
  assert.notEqual(chosen.otlpHttp, taken.port);
  assert.deepEqual(chosen.notes, [
    `port ${taken.port} is taken: OTLP/HTTP is on ${chosen.otlpHttp}`,
  ]);
  const ports = [chosen.ui, chosen.otlpHttp, chosen.otlpGrpc, chosen.gateway];
  assert.ok(ports.every((port) => port > 0));
});

test('the UI on the port of another part: that part gives way', async () => {
  const { port } = await freedPort();
  const chosen = await chooseDemoPorts({ ui: port, otlpHttp: 0, otlpGrpc: port, gateway: port });
  assert.equal(chosen.ui, port);
  const ports = [chosen.ui, chosen.otlpHttp, chosen.otlpGrpc, chosen.gateway];
  assert.equal(new Set(ports).size, 4);
  assert.deepEqual(chosen.notes, [
    `port ${port} is taken: OTLP/gRPC is on ${chosen.otlpGrpc}`,
    `port ${port} is taken: the order gateway is on ${chosen.gateway}`,
  ]);
});

async function freedPort(): Promise<{ port: number }> {
  await using taken = await takePort();
  return { port: taken.port };
}

async function takePort(): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  return { port: address.port, [Symbol.asyncDispose]: async () => void server.close() };
}
