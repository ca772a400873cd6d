import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startNats, startProcess, waitFor } from '@hopline/testkit';
import { connect } from './index.ts';

const APP = fileURLToPath(new URL('../testing/sigterm-app.ts', import.meta.url));

test('SIGTERM: what has arrived is handled and answered, then the process ends by the signal', async () => {
  await using nats = await startNats({ jetstream: false });
  await using connection = await connect({ name: 'test', servers: nats.url });
  const done: string[] = [];
  connection.nc.subscribe('done', {
    callback: (_error, message) => void done.push(message.string()),
  });
  await using app = await startProcess({
    name: 'sigterm-app',
    command: process.execPath,
    args: ['--conditions=hopline-source', APP, nats.url],
    readyLine: /ready/,
  });
  for (let n = 0; n < 10; n++) connection.nc.publish('work', String(n));
  await connection.nc.flush();
  await waitFor(() => done.length > 0, { message: 'the first one done' });
  const exit = await app.kill('SIGTERM');
  await connection.nc.flush();
  assert.deepEqual(
    done,
    Array.from({ length: 10 }, (_, n) => String(n)),
  );
  assert.equal(exit.signal, 'SIGTERM');
  assert.match(app.output(), /drained/);
});
