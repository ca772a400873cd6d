import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/chromium.ts';

export interface Browser extends AsyncDisposable {
  /** A page in a context of its own. Its errors are added to `errors`. */
  openPage(url?: string, options?: BrowserContextOptions): Promise<Page>;
  /** Console errors, uncaught exceptions and failed requests of all pages, in order of arrival. */
  readonly errors: readonly string[];
}

/** Nothing of the browser's own may use the network: what a test sees is what the page did. */
const ARGS = [
  // The sandbox cannot run as root nor in most containers; only our own pages are opened.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A real Chromium without a window. */
export async function openBrowser(): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: await findChromium(), args: ARGS });
  const errors: string[] = [];
  return {
    errors,
    openPage: async (url, options) => {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      collectErrors(page, errors);
      if (url !== undefined) await page.goto(url);
      return page;
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

function collectErrors(page: Page, errors: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => errors.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'unknown';
    // A page that moves on cancels what it no longer needs.
    if (reason !== 'net::ERR_ABORTED') errors.push(`request: ${request.url()}: ${reason}`);
  });
}
