import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Browser, type NatsServer, openBrowser, startNats, waitFor } from '@hopline/testkit';
import type { Page } from 'playwright-core';
import { ask, startUp, type Up } from './product.ts';
import { findViolations } from './testing/find-violations.ts';
import {
  ALIKE,
  alikeNames,
  bigTrace,
  linkedTraces,
  sendTraces,
  TRACES,
} from './testing/made-traces.ts';

const LONG_MS = 60_000;
const SPANS = 10_000;
/** What a screen of 900 pixels and the rows kept ready around it need, with room to spare. */
const MAX_ROWS = 120;
const SPEEDS = [
  { what: 'a wheel', stepPx: 100 },
  { what: 'a drag of the scroll bar', stepPx: 2_200 },
];

/** Of an element: its last letters stand within it, where nothing cuts them off. */
const SHOWS_ITS_END = `(element) => {
  let text = element;
  while (text.lastChild) text = text.lastChild;
  const letters = document.createRange();
  letters.setStart(text, text.length - 10);
  letters.setEnd(text, text.length);
  const { right, width } = letters.getBoundingClientRect();
  return width > 0 && right <= element.getBoundingClientRect().right + 1;
}`;

describe('traces in a real browser', { timeout: 240_000 }, () => {
  const stack = new AsyncDisposableStack();
  let browser: Browser;
  let url: string;
  let hopline: Up;
  before(async () => {
    const nats: NatsServer = stack.use(await startNats());
    hopline = stack.use(await startUp([nats]));
    url = hopline.url;
    browser = stack.use(await openBrowser());
    const startMs = Date.now() - 60_000;
    await sendTraces(hopline.otlpUrl, [
      ...bigTrace(SPANS, startMs),
      ...linkedTraces(startMs),
      ...alikeNames(startMs),
    ]);
  });
  after(() => stack.disposeAsync());

  test('10,000 spans scroll with few rows in the page, to the last one', async (t) => {
    await waitFor(
      async () => {
        const params = { traceId: TRACES.big };
        return (await ask(url, 'trace', { params })).spans.length === SPANS;
      },
      { message: 'the whole trace', timeoutMs: LONG_MS, intervalMs: 500 },
    );
    const page = await browser.openPage(undefined, { viewport: { width: 1440, height: 900 } });
    await page.goto(`${url}/traces/${TRACES.big}`);
    const tree = page.getByRole('tree', { name: '10,000 spans and server hops' });
    await tree.getByRole('treeitem').first().waitFor({ timeout: LONG_MS });
    for (const { what, stepPx } of SPEEDS) {
      const cpuMs = await mainThreadClock(page);
      const scrolled = await tree.locator('..').evaluate(scrollThrough, stepPx);
      const perFrameMs = (await cpuMs()) / scrolled.frames;
      t.diagnostic(
        `${what}, ${stepPx} px a frame: ${perFrameMs.toFixed(1)} ms of CPU a frame; frames of median ` +
          `${scrolled.medianMs.toFixed(1)}, P95 ${scrolled.p95Ms.toFixed(1)} ms; ` +
          `at most ${scrolled.maxRows} rows in the page`,
      );
      assert.ok(scrolled.heightPx > SPANS * 20, 'every row has its place');
      assert.ok(scrolled.maxRows > 10, 'rows are drawn while it scrolls');
      assert.ok(scrolled.maxRows < MAX_ROWS, `${scrolled.maxRows} rows in the page`);
    }
    // By keys as by the wheel: to the end, and back.
    await tree.focus();
    await page.keyboard.press('End');
    await tree.getByText(`work ${SPANS - 1}`).waitFor({ timeout: LONG_MS });
    await page.keyboard.press('Home');
    await tree.getByText('work 0').waitFor({ timeout: LONG_MS });
    assert.ok((await tree.getByRole('treeitem').count()) < MAX_ROWS);
  });

  test('long names that differ at their ends can be told apart, in the list and on the map', async () => {
    for (const path of ['/messages?subject=stock.counted', '/?find=stock']) {
      const page = await browser.openPage(url + path, { viewport: { width: 1280, height: 800 } });
      for (const name of ALIKE) {
        const place = `[title="${name}"]`;
        await page.locator(place).first().waitFor({ timeout: LONG_MS });
        const isShown = await page.evaluate<boolean>(
          `(${SHOWS_ITS_END})(document.querySelector('${place}'))`,
        );
        assert.ok(isShown, `${path}: ${name}`);
      }
    }
  });

  test('traces that only a link joins are one conversation, from either of them', async () => {
    for (const traceId of [TRACES.shop, TRACES.packer]) {
      const page = await browser.openPage(`${url}/traces/${traceId}`);
      await page.getByRole('button', { name: 'Conversation' }).click({ timeout: LONG_MS });
      const story = page.getByRole('region', { name: 'Conversation' });
      const chapters = story.locator('[data-trace-id]');
      await chapters.nth(1).waitFor({ timeout: LONG_MS });
      assert.deepEqual(
        await chapters.evaluateAll((all) => all.map((one) => one.getAttribute('data-trace-id'))),
        [TRACES.shop, TRACES.packer],
      );
      // What lay two hours in a queue says so.
      await chapters.nth(1).getByText('after it was published').waitFor({ timeout: LONG_MS });
      await story.getByRole('link', { name: 'parcels.packed' }).waitFor({ timeout: LONG_MS });
      assert.equal(await story.getByText('this trace').count(), 1);
    }
  });

  test('neither the tree nor a conversation keeps anything from a screen reader', async () => {
    const page = await browser.openPage(`${url}/traces/${TRACES.packer}`);
    await page.getByRole('treeitem').first().waitFor({ timeout: LONG_MS });
    assert.deepEqual(await findViolations(page), []);
    await page.getByRole('button', { name: 'Conversation' }).click();
    await page.locator('[data-trace-id]').first().waitFor({ timeout: LONG_MS });
    assert.deepEqual(await findViolations(page), []);
  });

  test('no page logged an error', () => assert.deepEqual(browser.errors, []));

  // The last one: there is no server afterwards.
  test('a page keeps what is known when the server goes away, and says so', async () => {
    const page = await browser.openPage(`${url}/traces/${TRACES.packer}`);
    const row = page.getByRole('treeitem').first();
    await row.waitFor({ timeout: LONG_MS });
    await hopline.process.stop();
    let failures = 0;
    page.on('requestfailed', (request) => {
      if (request.url().endsWith(`/traces/${TRACES.packer}`)) failures += 1;
    });
    await page.getByRole('button', { name: 'Reload' }).click();
    // Asked once and twice more; then the page knows.
    await waitFor(() => failures >= 3, { message: 'the failures', timeoutMs: LONG_MS });
    await page.getByText('Hopline does not answer.').waitFor({ timeout: LONG_MS });
    assert.equal(await page.getByText('could not be loaded').count(), 0);
    assert.ok(await row.isVisible());
  });
});

/** What of the browser's own types is used here. */
interface Scroller {
  readonly scrollHeight: number;
  scrollTop: number;
  querySelectorAll: (selector: string) => { readonly length: number };
}
declare function requestAnimationFrame(callback: (atMs: number) => void): number;

interface Scrolled {
  heightPx: number;
  frames: number;
  medianMs: number;
  p95Ms: number;
  maxRows: number;
}

/** Runs in the page: scrolls on from frame to frame, and begins again at the top after the last row. */
async function scrollThrough(rows: Scroller, stepPx: number): Promise<Scrolled> {
  const frames = 120;
  const deltas: number[] = [];
  let maxRows = 0;
  let last = 0;
  for (let frame = 0; frame <= frames; frame++) {
    rows.scrollTop = (frame * stepPx) % rows.scrollHeight;
    const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    if (frame > 0) deltas.push(now - last);
    last = now;
    maxRows = Math.max(maxRows, rows.querySelectorAll('[role="treeitem"]').length);
  }
  deltas.sort((a, b) => a - b);
  const at = (share: number): number => deltas[Math.floor((deltas.length - 1) * share)] as number;
  return { heightPx: rows.scrollHeight, frames, medianMs: at(0.5), p95Ms: at(0.95), maxRows };
}

/** What the page's main thread has worked since, which other work on the machine does not change. */
async function mainThreadClock(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const now = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
  };
  const start = await now();
  return async () => (await now()) - start;
}
