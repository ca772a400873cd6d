import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { unixNs } from '@hopline/model';
import { CONTRACT, type StatusResponse } from '@hopline/model/api';
import type { ApiContext } from '../api/api-context.ts';
import { getLatency } from '../api/latency.ts';
import { getMessages } from '../api/messages.ts';
import { getPaths } from '../api/paths.ts';
import { storeStory } from '../api/story-fixture.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../store/chdb/temporary-database.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { FateCounter } from './fate-counter.ts';
import { PathGauges } from './path-gauges.ts';

const BEGIN = unixNs(BigInt(Date.now()) * 1_000_000n);
const NOW = unixNs(BEGIN + 120_000_000_000n);

let store: TemporaryDatabase;
let context: ApiContext;
before(async () => {
  store = await temporaryDatabase();
  await storeStory(store.database, { folder: store.dataDir, begin: BEGIN });
  context = {
    database: store.database,
    status: () => ({ startedAt: String(BEGIN - 60_000_000_000n) }) as StatusResponse,
    cluster: () => assert.fail(),
    now: () => NOW,
    queryTimeoutMs: 30_000,
    retentionDays: 7,
  };
});
after(async () => await store?.[Symbol.asyncDispose]());

/** Value of each sample of a metric by its labels, as text in their order. */
function samplesOf(metrics: Metrics, name: string): Map<string, number> {
  const lines = metrics.render().split('\n');
  return new Map(
    lines.flatMap((line): [string, number][] => {
      const [, of, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      return of === name ? [[labels, Number(value)]] : [];
    }),
  );
}

test('counts and stages of every path are those of the API', async () => {
  const metrics = new Metrics();
  const gauges = new PathGauges(
    { database: store.database, now: () => NOW, maxPaths: 100, queryTimeoutMs: 30_000 },
    metrics,
  );
  await gauges.refresh();
  const range = { from: `${BEGIN - 60_000_000_000n}`, to: `${NOW}` };
  const { paths } = await getPaths(context, CONTRACT.paths.query.parse(range));
  assert.ok(paths.length > 2);
  const seconds = samplesOf(metrics, 'hopline_path_stage_average_seconds');
  for (const { producer, subject, consumer, deliveries } of paths) {
    const path = `producer="${producer}",subject="${subject}",consumer="${consumer}"`;
    assert.equal(samplesOf(metrics, 'hopline_path_deliveries').get(path), deliveries, path);
  }
  const { producer, subject, consumer } = paths[0]!;
  const path = `producer="${producer}",subject="${subject}",consumer="${consumer}"`;
  const query = CONTRACT.latency.query.parse({ ...range, producer, subject, consumer });
  for (const { stage, average } of (await getLatency(context, query)).stages) {
    const shown = seconds.get(`${path},stage="${stage}"`);
    const asked = Number(average) / 1e9;
    assert.ok(
      Math.abs(shown! - asked) <= asked / 100 + 1e-8,
      `${path} ${stage}: ${shown}, by the API ${asked}`,
    );
  }
  assert.equal(samplesOf(metrics, 'hopline_path_left_out').get(''), 0);
  const percentiles = samplesOf(metrics, 'hopline_path_stage_seconds');
  assert.equal(percentiles.size, 3 * seconds.size);
});

test('of more paths than are allowed the busiest stay, and the metrics say so', async () => {
  const metrics = new Metrics();
  const gauges = new PathGauges(
    { database: store.database, now: () => NOW, maxPaths: 1, queryTimeoutMs: 30_000 },
    metrics,
  );
  assert.equal(samplesOf(metrics, 'hopline_path_age_seconds').size, 0, 'nothing taken yet');
  await gauges.refresh();
  assert.equal(samplesOf(metrics, 'hopline_path_deliveries').size, 1);
  assert.equal(samplesOf(metrics, 'hopline_path_left_out').get(''), 1);
  assert.equal(samplesOf(metrics, 'hopline_path_age_seconds').get(''), 0);
});

test('every message counts once by its fate, whatever the passes', async () => {
  const { messages } = await getMessages(
    context,
    CONTRACT.messages.query.parse({
      from: `${BEGIN - 60_000_000_000n}`,
      to: `${NOW}`,
      limit: 1000,
    }),
  );
  const expected = new Map<string, number>();
  for (const { producer, subjectPattern, outcome } of messages) {
    const labels = `producer="${producer}",subject="${subjectPattern}",fate="${outcome}"`;
    expected.set(labels, (expected.get(labels) ?? 0) + 1);
  }
  assert.ok(new Set(messages.map(({ outcome }) => outcome)).size > 1);

  const metrics = new Metrics();
  let now = unixNs(BEGIN - 60_000_000_000n);
  const fates = new FateCounter(
    {
      messages: (query) => getMessages(context, query),
      now: () => now,
      settledAfterNs: 5_000_000_000n,
    },
    metrics,
  );
  assert.equal(await fates.pass(), false, 'nothing is old enough');
  now = NOW;
  let passes = 1;
  while (await fates.pass()) passes++;
  assert.ok(passes > 3, `${passes} passes`);
  assert.deepEqual(samplesOf(metrics, 'hopline_messages_total'), expected);
  assert.equal(await fates.pass(), false);
  assert.equal(samplesOf(metrics, 'hopline_messages_behind_seconds').get(''), 5);
});

test('who fell far behind leaves a stretch out and says how long it was', async () => {
  const metrics = new Metrics();
  let now = unixNs(BEGIN - 7_200_000_000_000n);
  const fates = new FateCounter(
    {
      messages: (query) => getMessages(context, query),
      now: () => now,
      settledAfterNs: 5_000_000_000n,
    },
    metrics,
  );
  now = unixNs(BEGIN - 3_600_000_000_000n);
  assert.equal(await fates.pass(), true);
  const skipped = samplesOf(metrics, 'hopline_messages_skipped_seconds_total').get('');
  assert.equal(skipped, 3600 - 5 - 600);
});
