import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startNats } from '../start-nats.ts';
import { startProcess } from '../start-process.ts';
import { tempDir } from '../temp-dir.ts';
import { isAllowedGet, isAllowedLine } from './allowed.mjs';
import { readSent, recordingEnv } from './record-sent.ts';

const SENDER = fileURLToPath(new URL('sender.fixture.ts', import.meta.url));

test('a connection of the product is read along, others are not', async () => {
  await using server = await startNats();
  const sent = async (name: string, subject: string, ...requests: string[]) => {
    await using directory = await tempDir('sent');
    await using sender = await startProcess({
      name: 'sender',
      args: [SENDER, server.url, name, subject, ...requests],
      env: recordingEnv(directory.path),
    });
    assert.equal((await sender.exited).code, 0, sender.output());
    return await readSent(directory.path);
  };
  const purge = '$JS.API.STREAM.PURGE.ORDERS';
  const acted = await sent('hopline-monitor', purge);
  assert.equal(acted.acts.length, 2, acted.acts.join('\n'));
  assert.match(acted.acts[0]!, /hopline-monitor.*PUB \$JS\.API\.STREAM\.PURGE\.ORDERS/);
  const read = await sent('hopline-monitor', '$SYS.REQ.USER.INFO');
  assert.deepEqual([read.acts, read.connections], [[], 1]);
  // CONNECT and three publications, whose payloads look like lines and are none.
  assert.ok(read.lines >= 4, `${read.lines} lines`);
  const own = await sent('orders', purge);
  assert.deepEqual([own.acts, own.connections], [[], 0]);
  const unknown = await sent('hopline something new', purge);
  assert.equal(unknown.acts.length, 3, unknown.acts.join('\n'));
});

test('requests to monitoring ports are read along in every process', async () => {
  await using server = await startNats();
  const sent = async (method: string, ...paths: string[]) => {
    await using directory = await tempDir('sent');
    const urls = paths.map((path) => server.monitorUrl + path);
    await using sender = await startProcess({
      name: 'sender',
      args: [SENDER, server.url, 'orders', 'orders.new', method, ...urls],
      env: recordingEnv(directory.path),
    });
    assert.equal((await sender.exited).code, 0, sender.output());
    return await readSent(directory.path);
  };
  const read = await sent('GET', '/varz', '/jsz?acc=A');
  assert.deepEqual([read.acts, read.gets], [[], 4]);
  assert.deepEqual(
    [...read.kinds],
    [
      ['GET varz', 2],
      ['GET jsz', 2],
    ],
  );
  // By http and by fetch.
  assert.equal((await sent('POST', '/jsz')).acts.length, 2);
  // What is nobody's endpoint, to a port that was asked for one.
  assert.equal((await sent('GET', '/varz', '/reload')).acts.length, 2);
  assert.equal((await sent('GET', '/reload', '/varz')).acts.length, 2);
  assert.equal((await sent('POST', '/api/orders')).acts.length, 0);
});

test('what may be sent, and what not', () => {
  const id = `N${'A'.repeat(55)}`;
  for (const [name, line, may] of [
    ['hopline-monitor', 'SUB > 1', true],
    ['hopline-monitor', 'PUB $JS.API.DIRECT.GET.ORDERS _INBOX.a 12', true],
    ['hopline-monitor', 'PUB $JS.hub.API.STREAM.MSG.GET.ORDERS _INBOX.a 12', true],
    ['hopline-monitor', 'PUB $JS.API.STREAM.MSG.DELETE.ORDERS _INBOX.a 12', false],
    ['hopline-monitor', 'PUB $JS.API.CONSUMER.CREATE.ORDERS.x _INBOX.a 12', false],
    ['hopline-monitor', 'HPUB orders.created 12 24', false],
    ['hopline-monitor-system', `PUB $SYS.REQ.SERVER.${id}.VARZ _INBOX.a 0`, true],
    ['hopline-monitor-system', `PUB $SYS.REQ.SERVER.${id}.RELOAD _INBOX.a 0`, false],
    ['hopline-monitor-system', `PUB $SYS.REQ.SERVER.${id}.KICK _INBOX.a 0`, false],
    ['hopline schemas', 'PUB $JS.API.STREAM.PURGE.KV_SCHEMAS _INBOX.a 0', false],
    ['hopline schemas', 'PUB $JS.API.CONSUMER.CREATE.ORDERS.x _INBOX.a 0', false],
    ['', 'PUB orders.created 0', false],
    ['hopline-monitor', 'PUB $JS.ACK.ORDERS.c.1.1.1.0.0 0', false],
  ] as const) {
    assert.equal(isAllowedLine(name, line), may, `${name}: ${line}`);
  }
  assert.ok(isAllowedGet('GET', '/nats/base/jsz?consumers=true&acc=A'));
  assert.ok(!isAllowedGet('POST', '/varz'));
  assert.ok(!isAllowedGet('GET', '/reload'));
});
