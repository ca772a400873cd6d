import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  openBrowser,
  type RunningProcess,
  startNats,
  startProcess,
  waitFor,
} from '@hopline/testkit';
import { ask, startUp } from './product.ts';

const HERE = import.meta.dirname;
const PRELOAD = join(HERE, '../../sdk/instrumentation/dist/register.js');
const APP = join(HERE, 'testing/schemas-app.mjs');
const LONG_MS = 60_000;
const SUBJECT = 'shop.order.created';

test('services with schemas on a real server: who writes and reads which version, in API and browser', {
  timeout: 300_000,
}, async () => {
  await using nats = await startNats();
  await using hopline = await startUp([nats]);
  const { url } = hopline;
  await using browser = await openBrowser();
  const page = await browser.openPage(`${url}/schemas`);
  await page.getByText('No schema is registered').waitFor({ timeout: LONG_MS });

  const app = (role: string): Promise<RunningProcess> =>
    startProcess({
      name: role,
      args: role === 'setup' ? [APP] : ['--import', PRELOAD, APP],
      env: {
        ROLE: role,
        NATS_URL: nats.url,
        OTEL_SERVICE_NAME: role,
        OTEL_EXPORTER_OTLP_ENDPOINT: hopline.otlpUrl,
        OTEL_METRIC_EXPORT_INTERVAL: '1000',
      },
      readyLine: /DONE/,
      readyTimeoutMs: LONG_MS,
    });
  await using setup = await app('setup');
  await using billing = await app('billing');
  await using checkout = await app('checkout');
  assert.ok(setup && billing && checkout);

  // Versions that checkout writes, and what billing makes of them: the third message of each round is
  // broken, the last says nothing of a schema.
  await waitFor(
    async () => {
      const { uses } = await ask(url, 'schema', { params: { subject: SUBJECT } });
      const of = (role: string) =>
        uses
          .filter((use) => use.role === role && use.messages >= 5)
          .map(({ service, version, decodeFailures }) => [service, version, decodeFailures > 0])
          .sort();
      const [written, read] = [of('producer'), of('consumer')];
      return (
        JSON.stringify(written) ===
          '[["checkout",1,false],["checkout",2,false],["checkout",3,false]]' &&
        JSON.stringify(read) === '[["billing",1,true],["billing",2,false],["billing",3,false]]'
      );
    },
    { message: 'the uses of every version', timeoutMs: LONG_MS, intervalMs: 500 },
  );
  const { uses } = await ask(url, 'schema', { params: { subject: SUBJECT } });
  const broken = uses.find(({ role, version }) => role === 'consumer' && version === 1);
  assert.deepEqual(broken?.errors, ['decode_failed']);
  const { unattributed } = await ask(url, 'schemas');
  assert.deepEqual(
    unattributed.map(({ service, errors }) => [service, errors]),
    [['billing', ['framing']]],
  );

  const row = page.locator('tr', { hasText: SUBJECT });
  await row.getByText('billing').waitFor({ timeout: LONG_MS });
  await page.getByText('that name no subject').waitFor({ timeout: LONG_MS });
  await row.getByRole('link').click();
  const comparison = page.getByLabel('Comparison', { exact: true });
  await comparison.getByText('allowed under NONE').waitFor({ timeout: LONG_MS });
  await comparison.getByText('v3 reads what v2 wrote: not always').waitFor();
  await comparison.getByText('field_without_default').waitFor();
  await comparison.getByText('shop.Order.note', { exact: true }).waitFor();
  await page.getByRole('button', { name: /^v2/ }).click();
  await comparison.getByText('v2 reads what v1 wrote', { exact: true }).waitFor();
  await comparison.getByText('Side by side').click();
  await page.getByLabel('Difference, side by side').getByText('"currency"').waitFor();
  await page.getByRole('button', { name: /^v1/ }).click();
  await page.getByText('the first: nothing to compare it with').waitFor({ timeout: LONG_MS });

  // Metrics of the client, through the same door.
  await waitFor(async () => (await ask(url, 'status')).accepted.metrics > 0, {
    message: 'metrics',
    timeoutMs: LONG_MS,
  });

  await nats.kill();
  await page.goto(`${url}/schemas/${SUBJECT}`);
  await page.getByText('The registry cannot be read').waitFor({ timeout: LONG_MS });
  await comparison.getByText('allowed under NONE').waitFor({ timeout: LONG_MS });
  assert.deepEqual(
    browser.errors.filter((error) => !/status of 404/.test(error)),
    [],
  );
});
