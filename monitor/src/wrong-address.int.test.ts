import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startProcess, waitFor } from '@hopline/testkit';

const WATCH = new URL('watch.ts', import.meta.url).href;
const GOOD = {
  nats: ['nats://127.0.0.1:1'],
  system: ['nats://127.0.0.1:1'],
  urls: ['127.0.0.1:1'],
};

for (const wrong of [
  { nats: ['http://127.0.0.1:8222'] },
  { system: ['http://127.0.0.1:8222'] },
  { urls: ['nats://127.0.0.1:4222'] },
]) {
  const [where] = Object.keys(wrong);
  test(`an address that can never work (${where}) is refused, and nothing runs on`, async () => {
    const { nats, system, urls } = { ...GOOD, ...wrong };
    const options = {
      nats: { servers: nats },
      system: { servers: system },
      monitor: { urls, intervalMs: 100, timeoutMs: 1_000 },
      traceSubject: 'hopline.trace',
    };
    const program = `
      import { watch } from '${WATCH}';
      const none = () => undefined;
      const sinks = { onHops: none, onAdvisories: none, onAssets: none, onEvents: none };
      try {
        watch({ ...${JSON.stringify(options)}, ...sinks });
      } catch (error) {
        console.log(error.message);
      }`;
    await using started = await startProcess({
      name: 'wrong-address',
      args: ['--input-type=module', '--eval', program],
    });
    await waitFor(() => !started.running, { message: 'its end', timeoutMs: 30_000 });
    assert.match(started.output(), /^cannot use (NATS server|monitoring URL) "[^"]+": expected /);
  });
}
