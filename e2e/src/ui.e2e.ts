import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Browser, openBrowser, waitFor } from '@hopline/testkit';
import { ask, type Demo, postOrder, startDemo } from './product.ts';

const LONG_MS = 60_000;

describe('the UI on the demo, in a real browser', { timeout: 300_000 }, () => {
  let demo: Demo;
  let browser: Browser;
  before(async () => {
    demo = await startDemo();
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.[Symbol.asyncDispose]();
    await demo?.[Symbol.asyncDispose]();
  });

  test('the map draws every node the API knows, and goes on by itself', async () => {
    const page = await browser.openPage(demo.url);
    const wanted = ['service:edge-labels', 'stream:ORDERS', 'consumer:ORDERS/payment'];
    for (const id of wanted) {
      await page.locator(`[data-node-id="${id}"]`).first().waitFor({ timeout: LONG_MS });
    }
    await waitFor(
      async () => {
        const { nodes } = await ask(demo.url, 'topology');
        const drawn = await page
          .locator('[data-node-id]')
          .evaluateAll((boxes) => boxes.map((box) => box.getAttribute('data-node-id')));
        return nodes.length > 15 && nodes.every(({ id }) => drawn.includes(id));
      },
      { message: 'every node on the map', timeoutMs: LONG_MS, intervalMs: 500 },
    );
    const figures = async (): Promise<string> =>
      (await page.locator('[data-node-id]').allInnerTexts()).join('\n');
    const before = await figures();
    await waitFor(async () => (await figures()) !== before, {
      message: 'a figure that changes without a reload',
      timeoutMs: LONG_MS,
      intervalMs: 500,
    });
  });

  test('from the list to one message, its path, its trace and its logs', async () => {
    const traceId = await postOrder(demo.gatewayUrl, { currency: 'XTS' });
    const page = await browser.openPage(`${demo.url}/messages?text=${traceId}`);
    const row = page.locator('[data-message-id]', { hasText: 'orders.created' }).first();
    await row.waitFor({ timeout: LONG_MS });
    await waitFor(
      async () => {
        const { messages } = await ask(demo.url, 'messages', { query: { text: traceId } });
        return messages.some(({ outcome }) => outcome === 'dead-lettered');
      },
      { message: 'the dead letter', timeoutMs: LONG_MS, intervalMs: 500 },
    );
    await row.getByRole('link').first().click();
    await page.getByLabel('Path of the message').waitFor({ timeout: LONG_MS });
    await page.getByText('Dead-lettered').first().waitFor({ timeout: LONG_MS });
    await page.getByLabel('Attempt 3').waitFor({ timeout: LONG_MS });
    const waterfall = page.getByLabel('Trace waterfall');
    await waterfall.getByText('process orders.created').first().waitFor({ timeout: LONG_MS });
    await page.getByRole('tab', { name: /Logs/ }).click();
    await page.getByText('provider cannot book XTS').first().waitFor({ timeout: LONG_MS });
  });

  test('servers as a tree, their connections, what happened', async () => {
    const page = await browser.openPage(`${demo.url}/servers`);
    await page.locator('tr', { hasText: 'hub-1' }).first().waitFor({ timeout: LONG_MS });
    await page.locator('tr', { hasText: 'edge' }).first().waitFor({ timeout: LONG_MS });
    await page.locator('tr', { hasText: 'hub-2' }).first().click();
    await page.getByLabel('Server hub-2').getByText('Its connections').click();
    await page.getByText('only hub-2').waitFor({ timeout: LONG_MS });
    await page.getByRole('tab', { name: 'Events' }).click();
    await page.getByText('only hub-2').waitFor({ state: 'hidden', timeout: LONG_MS });
  });

  test('from the consumers to the history of one', async () => {
    const page = await browser.openPage(`${demo.url}/consumers`);
    await page.getByRole('link', { name: 'ORDERS / payment' }).click({ timeout: LONG_MS });
    await page.getByRole('img', { name: 'Messages that wait' }).waitFor({ timeout: LONG_MS });
    await page.getByRole('button', { name: 'Table' }).first().click();
    await page.getByRole('columnheader', { name: 'backlog' }).waitFor({ timeout: LONG_MS });
    await page.goto(`${demo.url}/consumers?tab=streams`);
    await page.locator('tr', { hasText: 'ORDERS' }).first().waitFor({ timeout: LONG_MS });
  });

  test('light and dark follow the system', async () => {
    const backgrounds: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.openPage(`${demo.url}/messages`, { colorScheme });
      await page.locator('[data-message-id]').first().waitFor({ timeout: LONG_MS });
      backgrounds.push(
        await page.evaluate<string>('getComputedStyle(document.body).backgroundColor'),
      );
    }
    assert.notEqual(backgrounds[0], backgrounds[1]);
  });

  test('an address that leads nowhere says so', async () => {
    const page = await browser.openPage(`${demo.url}/traces/${'ab'.repeat(16)}`);
    await page.getByText('No span of this trace has arrived').waitFor({ timeout: LONG_MS });
  });

  test('no page logged an error', () => {
    const unexpected = browser.errors.filter((error) => !/status of 404/.test(error));
    assert.deepEqual(unexpected, []);
  });
});
