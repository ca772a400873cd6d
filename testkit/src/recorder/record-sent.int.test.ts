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
  const sent = async (name: string, subject: string) => {
    await using directory = await tempDir('sent');
    await using sender = await startProcess({
      name: 'sender',
      args: [SENDER, server.url, name, subject],
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
});
