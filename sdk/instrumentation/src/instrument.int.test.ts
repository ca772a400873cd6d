import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNats, startProcess, tempDir } from '@hopline/testkit';
import { bundleApplication } from './testing/bundle-application.ts';

test('a bundled application: what instrument(nc) is given is traced, once', async () => {
  await using nats = await startNats();
  await using dir = await tempDir('bundle');
  const outfile = await bundleApplication(dir.path);
  await using app = await startProcess({
    name: 'bundled',
    args: [outfile],
    env: { NATS_URL: nats.url },
  });
  assert.deepEqual(await app.exited, { code: 0, signal: null }, app.output());
  assert.deepEqual(JSON.parse(app.output()), {
    active: ['process b.ask', 'process b.loop', 'process b.stored'],
    spans: [
      'ack b.stored',
      'ack b.stored',
      'next BUNDLED',
      'process b.ask',
      'process b.loop',
      'process b.stored',
      'publish b.loop',
      'publish b.stored',
      'publish b.stored',
      'put $KV.settings.>',
      'request b.ask',
      'respond _INBOX.>',
    ],
    // Request; loop; stored and consumed; stored; next and its ack; put.
    traces: 6,
  });
});

test('a server that does not answer is an error, not a wait', async () => {
  const { instrument } = await import('./instrument.ts');
  const mute = {
    protocol: {},
    options: {},
    subscribe: () => ({ unsubscribe() {} }),
    publish() {},
  };
  await assert.rejects(instrument(mute), /cannot instrument a NATS connection: .*no answer/);
});
