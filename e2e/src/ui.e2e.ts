import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { type Browser, openBrowser, waitFor } from '@hopline/testkit';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { ask, type Demo, postOrder, startDemo } from './product.ts';
import { findViolations } from './testing/find-violations.ts';

/** Spent only when a test fails, or the machine does a lot besides. */
const LONG_MS = 120_000;

describe('the UI on the demo, in a real browser', { timeout: 900_000 }, () => {
  let demo: Demo;
  let browser: Browser;
  let pages: Page[] = [];
  const open = async (url: string, options?: BrowserContextOptions): Promise<Page> => {
    const page = await browser.openPage(url, options);
    pages.push(page);
    return page;
  };
  // A page that stays open asks the server every second.
  afterEach(async () => {
    await Promise.all(pages.map((page) => page.context().close()));
    pages = [];
  });
  before(async () => {
    // Few orders: the pages are what is tested, and each order costs a dozen processes some work.
    demo = await startDemo(['--rate', '2']);
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.[Symbol.asyncDispose]();
    await demo?.[Symbol.asyncDispose]();
  });

  test('the map draws every node the API knows, and goes on by itself', async () => {
    const page = await open(demo.url);
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

  test('figures on the lines of the whole map can be read', async () => {
    const page = await open(demo.url, { viewport: { width: 1280, height: 800 } });
    const labels = page.locator('[data-edge-id]');
    await labels.first().waitFor({ timeout: LONG_MS });
    const typePx = await labels.evaluateAll((all) =>
      (all as readonly Label[]).map(
        (label) =>
          (Number.parseFloat(getComputedStyle(label).fontSize) *
            label.getBoundingClientRect().width) /
          label.offsetWidth,
      ),
    );
    assert.ok(Math.min(...typePx) >= 9, `${typePx}`);
  });

  test('groups have frames, and a replay steps through the range with nothing moving', async () => {
    const page = await open(`${demo.url}/?group=namespace`);
    await page.locator('[data-group="orders"]').waitFor({ timeout: LONG_MS });
    const box = page.locator('[data-node-id="service:payment"]').first();
    await page.keyboard.press('r');
    const bar = page.getByRole('region', { name: 'Replay' });
    const slider = bar.getByRole('slider', { name: 'Moment of the replay' });
    await slider.waitFor({ timeout: LONG_MS });
    assert.match(page.url(), /[?&]at=\d+/);
    // The demo is younger than the range: at its start all is silent, at its end it is not.
    await page.getByRole('button', { name: 'Service payment, 0/s' }).waitFor({ timeout: LONG_MS });
    const place = await box.boundingBox();
    await slider.focus();
    await page.keyboard.press('End');
    const loud = page.getByRole('button', { name: /^Service payment, (?!0\/s)/ });
    for (let steps = 0; steps < 4 && (await isAbsent(loud)); steps++) {
      await page.keyboard.press('ArrowLeft');
    }
    await loud.waitFor({ timeout: LONG_MS });
    assert.deepEqual(await box.boundingBox(), place);
    // The slider has the focus, and no letters of its own.
    await page.keyboard.press('r');
    await bar.waitFor({ state: 'hidden', timeout: LONG_MS });
    assert.doesNotMatch(page.url(), /[?&](at|from)=/);
  });

  test('the keys of the map work on after its controls were used', async () => {
    const page = await open(`${demo.url}/?focus=service:payment`);
    await page.locator('[data-node-id="service:payment"]').first().waitFor({ timeout: LONG_MS });
    await page.getByRole('radiogroup', { name: 'Services away' }).getByText('2').click();
    await page.waitForURL(/[?&]hops=2/, { timeout: LONG_MS });
    await page.keyboard.press('t');
    await page.waitForURL(/[?&]view=table/, { timeout: LONG_MS });
    await page.getByRole('combobox', { name: 'Grouping' }).click();
    await page.getByRole('option', { name: 'By site' }).click();
    await page.keyboard.press('t');
    await page.waitForURL((url) => !url.search.includes('view='), { timeout: LONG_MS });
  });

  test('from the list to one message, its path, its trace and its logs', async () => {
    const traceId = await postOrder(demo.gatewayUrl, { currency: 'XTS' });
    const page = await open(`${demo.url}/messages?text=${traceId}`);
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

  test('a message is found by what it is called elsewhere, whatever the range', async () => {
    const { stream, streamSequence, messageKey, id } = await waitFor(
      async () => {
        const query = { subject: 'orders.created', limit: 1 };
        const [newest] = (await ask(demo.url, 'messages', { query })).messages;
        return newest?.streamSequence ? newest : false;
      },
      { message: 'an order in the stream', timeoutMs: LONG_MS, intervalMs: 500 },
    );
    // A range that ended long ago: it must not count.
    const past = 'from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z';
    const page = await open(`${demo.url}/messages?${past}`);
    await page.getByRole('button', { name: 'Identity' }).click({ timeout: LONG_MS });
    await page.getByLabel('Sequence', { exact: true }).fill(streamSequence);
    await page.getByLabel('Stream', { exact: true }).fill(stream);
    const row = page.locator(`[data-message-id="${id}"]`);
    await row.waitFor({ timeout: LONG_MS });
    await page.getByText('1 message, all that are kept').waitFor({ timeout: LONG_MS });
    await page.getByRole('button', { name: 'Any message' }).click();
    await row.waitFor({ state: 'hidden', timeout: LONG_MS });
    await page.getByLabel('Message id', { exact: true }).fill(messageKey);
    await row.waitFor({ timeout: LONG_MS });
    await page.getByLabel('Message id', { exact: true }).fill('');
    await page.getByLabel('Attribute', { exact: true }).fill(`messaging.message.id=${messageKey}`);
    await page.waitForURL(/attribute=messaging/, { timeout: LONG_MS });
    await row.waitFor({ timeout: LONG_MS });
  });

  test('from the map, three clicks to the slow stage, the slowest message and its logs', async () => {
    const page = await open(demo.url);
    const consumer = page.locator('[data-node-id="consumer:ORDERS/payment"]').first();
    await consumer.click({ timeout: LONG_MS });
    await page.getByRole('link', { name: 'Latency by stage' }).click({ timeout: LONG_MS });
    // Which stage makes the path slow: the one with the greatest share says so.
    const slow = page.locator('tr[data-stage]', { hasText: 'slowest' });
    await slow.waitFor({ timeout: LONG_MS });
    assert.notEqual(await slow.getAttribute('data-stage'), 'total');
    // Which message was slowest: the first of the list.
    const slowest = page.getByLabel('Slowest messages').locator('tr[data-message-id]').first();
    await slowest.waitFor({ timeout: LONG_MS });
    await slowest.getByRole('link', { name: 'logs' }).click({ timeout: LONG_MS });
    // The list may have moved on between the look and the click: the address says which it was.
    await page.waitForURL(/\/messages\/[0-9a-f]{32}-[0-9a-f]{16}/, { timeout: LONG_MS });
    const messageId = new URL(page.url()).pathname.split('/').at(-1)!;
    const body = await waitFor(
      async () => {
        const { logs } = await ask(demo.url, 'message', { params: { messageId } });
        return logs.find(({ service }) => service === 'payment')?.body ?? false;
      },
      { message: 'a log record of payment', timeoutMs: LONG_MS, intervalMs: 500 },
    );
    await page.getByText(body).first().waitFor({ timeout: LONG_MS });
  });

  test('two consumers of one path are compared', async () => {
    const page = await open(`${demo.url}/latency?subject=orders.created&consumer=payment`);
    await page.getByRole('button', { name: 'Compare' }).click({ timeout: LONG_MS });
    const other = page.getByRole('menuitem', { name: 'With the consumer notifications' });
    await other.click({ timeout: LONG_MS });
    await page.getByText('compared with: the consumer notifications').waitFor({ timeout: LONG_MS });
    // The handlers' times are known of both: a difference, or that there is none.
    const handling = page.locator('tr[data-stage="process"]');
    await handling
      .getByText(/^[+−].* [+−]\d+%$|^same$/)
      .first()
      .waitFor({ timeout: LONG_MS });
  });

  test('from the map, three clicks to where the poison orders end', async () => {
    await postOrder(demo.gatewayUrl, { currency: 'XTS' });
    const page = await open(demo.url);
    const consumer = page.locator('[data-node-id="consumer:ORDERS/payment"]').first();
    await consumer.click({ timeout: LONG_MS });
    await page.getByRole('link', { name: 'Dead letters' }).click({ timeout: LONG_MS });
    const row = page.locator('[data-message-id]', { hasText: 'orders.created' }).first();
    await row.getByRole('link').first().click({ timeout: LONG_MS });
    await page.getByLabel('Path of the message').waitFor({ timeout: LONG_MS });
    await page.getByText('Dead-lettered').first().waitFor({ timeout: LONG_MS });
    await page.getByLabel('Attempt 3').waitFor({ timeout: LONG_MS });
  });

  test('servers as a tree, their connections, what happened', async () => {
    const page = await open(`${demo.url}/servers`);
    await page.locator('tr', { hasText: 'hub-1' }).first().waitFor({ timeout: LONG_MS });
    await page.locator('tr', { hasText: 'edge' }).first().waitFor({ timeout: LONG_MS });
    // By keys: the row opens, Escape closes it, wherever the focus is.
    await page.getByRole('button', { name: 'hub-1' }).press('Enter');
    await page.getByLabel('Server hub-1').waitFor({ timeout: LONG_MS });
    await page.keyboard.press('Escape');
    await page.getByLabel('Server hub-1').waitFor({ state: 'hidden', timeout: LONG_MS });
    await page.locator('tr', { hasText: 'hub-2' }).first().click();
    await page.getByLabel('Server hub-2').getByText('Its connections').click();
    await page.getByText('only hub-2').waitFor({ timeout: LONG_MS });
    await page.getByRole('tab', { name: 'Events' }).click();
    await page.getByText('only hub-2').click({ timeout: LONG_MS });
    await page.getByText('only hub-2').waitFor({ state: 'hidden', timeout: LONG_MS });
    await page.getByRole('img', { name: 'What happened' }).waitFor({ timeout: LONG_MS });
    // Kinds are chosen with what they count, stay in the address, and leave the others' counts.
    const kinds = page.getByRole('group', { name: 'Kinds of events' });
    await kinds.getByRole('button', { name: /^Nak \d/ }).press('Space', { timeout: LONG_MS });
    await page.waitForURL(/[?&]kinds=nak/, { timeout: LONG_MS });
    const failed = page.getByRole('cell', { name: 'Handler failed' });
    await failed.first().waitFor({ state: 'hidden', timeout: LONG_MS });
    await page.getByRole('cell', { name: 'Nak' }).first().waitFor({ timeout: LONG_MS });
    await kinds.getByRole('button', { name: /^Handler failed [1-9]/ }).press('Enter');
    await failed.first().waitFor({ timeout: LONG_MS });
    assert.match(page.url(), /[?&]kinds=nak(,|%2C)handler_failed/);
  });

  test('from the consumers to the history of one', async () => {
    const page = await open(`${demo.url}/consumers`);
    await page.getByRole('link', { name: 'payment', exact: true }).click({ timeout: LONG_MS });
    await page.getByRole('img', { name: 'Messages that wait' }).waitFor({ timeout: LONG_MS });
    // A time in one picture is the time of all; a marked part becomes the range.
    const times = page.getByRole('slider', { name: 'Times of: Messages that wait' });
    await times.press('ArrowLeft');
    assert.match((await times.getAttribute('aria-valuetext')) ?? '', /^\d\d:\d\d:\d\d: backlog /);
    const lag = page.getByRole('slider', { name: 'Times of: Lag in time' });
    assert.match((await lag.getAttribute('aria-valuetext')) ?? '', /until acked/);
    for (let step = 0; step < 5; step++) await times.press('Shift+ArrowLeft');
    await times.press('Enter');
    await page.waitForURL(/from=.*to=/, { timeout: LONG_MS });
    const waiting = page.getByRole('figure').filter({ hasText: 'Messages that wait' });
    await waiting.getByRole('button', { name: 'Table' }).click({ timeout: LONG_MS });
    await page.getByRole('columnheader', { name: 'backlog' }).waitFor({ timeout: LONG_MS });
    await page.goto(`${demo.url}/consumers?tab=streams`);
    await page.locator('tr', { hasText: 'ORDERS' }).first().waitFor({ timeout: LONG_MS });
  });

  test('a stream: what goes in, how long it takes and who is behind, at the same times', async () => {
    const page = await open(`${demo.url}/consumers?tab=streams`);
    await page.getByRole('link', { name: 'ORDERS', exact: true }).click({ timeout: LONG_MS });
    // Where it rests it would point at times, too.
    await page.mouse.move(0, 0);
    await page.locator('nav [data-active]', { hasText: 'Consumers' }).waitFor({ timeout: LONG_MS });
    const stored = page.getByRole('figure').filter({ hasText: 'Stored a second' });
    await stored.getByText('orders.created').waitFor({ timeout: LONG_MS });
    const times = page.getByRole('slider', { name: /Times of: From publish to the end/ });
    await times.press('ArrowLeft');
    assert.match((await times.getAttribute('aria-valuetext')) ?? '', /payment/);
    const lag = page.getByRole('slider', { name: 'Times of: Lag until acked, by consumer' });
    assert.match((await lag.getAttribute('aria-valuetext')) ?? '', /^\d\d:\d\d:\d\d: payment /);
    const consumers = page.getByRole('table', { name: 'Consumers' });
    await consumers.getByRole('link', { name: 'payment' }).click({ timeout: LONG_MS });
    await page.waitForURL(/consumers\/ORDERS\/payment/, { timeout: LONG_MS });
  });

  test('no page keeps anything from a screen reader, in light nor in dark', async () => {
    // Boxes grow with the zoom; the table has the same buttons at full size.
    const zoomed = ['target-size'];
    const pages = [
      { path: '/?selected=service:payment', ready: '[data-node-id]', without: zoomed },
      { path: '/?view=table&group=site', ready: '[data-node-id]' },
      { path: '/messages', ready: '[data-message-id]' },
      { path: '/latency?subject=orders.created&consumer=payment', ready: 'tr[data-stage]' },
      { path: '/consumers', ready: 'tbody tr' },
      { path: '/streams/ORDERS', ready: 'tbody tr' },
      { path: '/servers', ready: 'tbody tr' },
      { path: '/nothing-here', ready: 'h1' },
    ];
    for (const { path, ready, without } of pages) {
      const page = await open(demo.url + path);
      await page.locator(ready).first().waitFor({ timeout: LONG_MS });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page
          .locator(`[data-mantine-color-scheme=${colorScheme}]`)
          .waitFor({ timeout: LONG_MS });
        assert.deepEqual(await findViolations(page, without), [], `${path} ${colorScheme}`);
      }
    }
  });

  test('a narrow window keeps what matters in sight, and nothing is wider than it', async () => {
    const viewport = { width: 700, height: 900 };
    const list = await open(`${demo.url}/messages`, { viewport });
    const outcome = list.locator('[data-message-id] > :last-child').first();
    await outcome.waitFor({ timeout: LONG_MS });
    const { x = 0, width = 0 } = (await outcome.boundingBox()) ?? {};
    assert.ok(width > 0 && x + width <= viewport.width, `the outcome ends at ${x + width}`);
    await list.locator('[data-message-id] a').first().click();
    await list.getByRole('button', { name: 'Export' }).waitFor({ timeout: LONG_MS });
    const tools = await list.getByRole('button', { name: 'Export' }).boundingBox();
    assert.ok(tools && tools.x + tools.width <= viewport.width, 'the tools of the trace');

    const map = await open(demo.url, { viewport });
    const first = map.locator('[data-node-id="service:gateway"]').first();
    await first.waitFor({ timeout: LONG_MS });
    const zoomOf = (box: Label): number => box.getBoundingClientRect().width / box.offsetWidth;
    const zoom = await first.evaluate(zoomOf as never);
    assert.ok(Number(zoom) > 0.6, `the map is drawn at ${zoom}`);
    const gateway = await first.boundingBox();
    assert.ok(gateway && gateway.x > 0 && gateway.x + gateway.width <= viewport.width);
    for (const page of [list, map]) {
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
      assert.ok(wide <= viewport.width, `${page.url()} is ${wide} px wide`);
    }
  });

  test('graphs stay where they are when what happened comes later', async () => {
    const page = await open('about:blank');
    const { promise: isAllowed, resolve: allow } = Promise.withResolvers<void>();
    await page.route('**/api/v1/events?*', async (route) => {
      await isAllowed;
      await route.continue();
    });
    await page.goto(`${demo.url}/consumers/ORDERS/payment`);
    const graph = page.getByRole('figure').filter({ hasText: 'Messages that wait' });
    await graph.waitFor({ timeout: LONG_MS });
    const before = await graph.boundingBox();
    allow();
    await page.getByText('Point at a time').waitFor({ timeout: LONG_MS });
    assert.deepEqual(await graph.boundingBox(), before);
  });

  test('light and dark follow the system', async () => {
    const backgrounds: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open(`${demo.url}/messages`, { colorScheme });
      await page.locator('[data-message-id]').first().waitFor({ timeout: LONG_MS });
      backgrounds.push(
        await page.evaluate<string>('getComputedStyle(document.body).backgroundColor'),
      );
    }
    assert.notEqual(backgrounds[0], backgrounds[1]);
  });

  test('an address that leads nowhere says so', async () => {
    const page = await open(`${demo.url}/traces/${'ab'.repeat(16)}`);
    await page.getByText('No span of this trace has arrived').waitFor({ timeout: LONG_MS });
    for (const [path, words] of [
      ['/traces/4711', 'This is not the id of a trace'],
      ['/messages/4711', 'This is not the id of a message'],
    ] as const) {
      await page.goto(demo.url + path);
      await page.getByText(words).waitFor({ timeout: LONG_MS });
    }
  });

  test('no page logged an error', () => {
    const unexpected = browser.errors.filter((error) => !/status of 40[04]/.test(error));
    assert.deepEqual(unexpected, []);
  });
});

/** What of the browser's own types is used here. */
interface Label {
  readonly offsetWidth: number;
  getBoundingClientRect(): { readonly width: number };
}
declare function getComputedStyle(label: Label): { readonly fontSize: string };

/** After a look of some seconds: the last step may be too young to hold anything. */
const isAbsent = (locator: Locator): Promise<boolean> =>
  locator.waitFor({ timeout: 5_000 }).then(
    () => false,
    () => true,
  );
