import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort, openBrowser, startNats, tempDir, waitFor } from '@hopline/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { ask, startUp } from './product.ts';
import { linkedTraces, sendTraces, TRACES } from './testing/made-traces.ts';

/** Spent only when a test fails, or the machine does a lot besides. */
const LONG_MS = 120_000;
const SETTINGS = {
  HOPLINE_MONITOR_INTERVAL_MS: '500',
  // A busy machine may take long for an answer; an error in its place would be another test.
  HOPLINE_STORE_QUERY_TIMEOUT_MS: '90000',
};

test('every page keeps what is known when the server is killed, says so, and goes on when it is back', {
  timeout: 600_000,
}, async () => {
  await using nats = await startNats();
  await using client = await connect({ servers: nats.url });
  const manager = await jetstreamManager(client);
  await using dataDir = await tempDir('gone');
  const place = { port: await freePort(), dataDir: dataDir.path };
  await using browser = await openBrowser();
  const first = await startUp([nats], SETTINGS, place);
  await using _first = first;
  const { url } = first;
  // What is created before it listens is no event.
  await waitFor(async () => (await ask(url, 'status')).nats.state === 'connected', {
    message: 'the connection',
    timeoutMs: LONG_MS,
  });
  await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
  await manager.consumers.add('ORDERS', { durable_name: 'payment', ack_policy: 'explicit' });
  await sendTraces(first.otlpUrl, linkedTraces(Date.now() - 60_000));
  const query = { subject: 'orders.new', limit: 1 };
  const day = { from: String(BigInt(Date.now() - 86_400_000) * 1_000_000n) };
  const [message] = await waitFor(
    async () => {
      const { messages } = await ask(url, 'messages', { query: { ...query, ...day } });
      return messages.length > 0 && messages;
    },
    { message: 'the message', timeoutMs: LONG_MS },
  );
  const pages = [
    { path: '/?range=24h', known: '[data-node-id="service:shop"]' },
    { path: '/messages?range=24h', known: '[data-message-id]' },
    { path: '/latency?range=24h', known: 'tr[data-path]' },
    { path: '/latency?range=24h&subject=orders.new&consumer=packer', known: 'tr[data-stage]' },
    { path: '/consumers', known: 'tr[data-row]' },
    { path: '/consumers?tab=streams', known: 'tr[data-row]' },
    { path: '/consumers/ORDERS/payment', known: 'text=Messages that wait' },
    { path: '/servers', known: 'tr[data-row]' },
    { path: '/servers?tab=connections', known: 'tr[data-row]' },
    { path: '/servers?tab=events', known: 'tr[data-row]' },
    { path: `/messages/${message?.id}`, known: '[aria-label="Path of the message"]' },
    { path: `/traces/${TRACES.packer}`, known: '[role="treeitem"]' },
    { path: '/status', known: 'text=Store and journal' },
  ];
  const open = [];
  for (const { path, known } of pages) {
    const page = await browser.openPage(url + path);
    const shown = page.locator(known).first();
    await shown.waitFor({ timeout: LONG_MS }).catch((error: unknown) => {
      throw new Error(`${path} does not show ${known}`, { cause: error });
    });
    open.push({ path, page, shown, gone: page.getByText('Hopline does not answer.') });
  }
  await first.process.kill();
  for (const { path, page, shown, gone } of open) {
    await gone.waitFor({ timeout: LONG_MS });
    assert.equal(await page.getByText('could not be loaded').count(), 0, path);
    assert.ok(await shown.isVisible(), path);
  }
  await using _second = await startUp([nats], SETTINGS, place);
  for (const { path, page, shown, gone } of open) {
    await gone.waitFor({ state: 'hidden', timeout: LONG_MS });
    assert.equal(await page.getByText('could not be loaded').count(), 0, path);
    await shown.waitFor({ timeout: LONG_MS });
  }
});
