import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  checkMetrics,
  findPromtool,
  type Prometheus,
  startPrometheus,
  waitFor,
} from '@hopline/testkit';
import { type Demo, startDemo } from './product.ts';

const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url));
const RULES = `${DEPLOY}prometheus/hopline-alerts.yml`;
const LONG_MS = 90_000;

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[];
}

test('the unit tests of the rules', async () => {
  const run = promisify(execFile);
  const tests = `${DEPLOY}prometheus/hopline-alerts.test.yml`;
  const { stdout } = await run(await findPromtool(), ['test', 'rules', tests]);
  assert.match(stdout, /SUCCESS/);
});

describe('dashboards and rules on the demo', { timeout: 300_000 }, () => {
  let demo: Demo;
  let prometheus: Prometheus;
  before(async () => {
    // Fates are counted once a message is that old.
    demo = await startDemo([], {
      HOPLINE_INSIGHT_UNCONSUMED_AFTER_SECONDS: '10',
      HOPLINE_INSIGHT_METRICS_SECONDS: '2',
    });
    const target = new URL(demo.url).host;
    prometheus = await startPrometheus({
      config: `
global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
rule_files: ['${RULES}']
scrape_configs:
  - { job_name: hopline, static_configs: [{ targets: ['${target}'] }] }
`,
    });
  });
  after(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    await demo?.[Symbol.asyncDispose]();
  });

  test('every expression of every dashboard has data', async () => {
    const folder = `${DEPLOY}grafana/dashboards/`;
    const files = await readdir(folder);
    assert.ok(files.length >= 4);
    for (const file of files) {
      const { panels } = JSON.parse(await readFile(folder + file, 'utf8')) as Dashboard;
      for (const { expr } of panels.flatMap(({ targets }) => targets)) {
        const plain = expr.replaceAll('$__rate_interval', '30s');
        await waitFor(async () => (await prometheus.query(plain)).length > 0, {
          message: `${file}: ${expr}`,
          timeoutMs: LONG_MS,
          intervalMs: 500,
        });
      }
    }
  });

  test('promtool finds no fault in what the server says', async () => {
    const metrics = await (await fetch(`${demo.url}/metrics`)).text();
    assert.match(metrics, /^hopline_path_stage_seconds\{/m);
    assert.equal(await checkMetrics(metrics), '');
  });

  test('every rule is evaluated without an error', async () => {
    interface Answer {
      data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
    }
    const rules = async () => {
      const response = await fetch(`${prometheus.url}/api/v1/rules`);
      return ((await response.json()) as Answer).data.groups.flatMap((group) => group.rules);
    };
    await waitFor(async () => (await rules()).every(({ health }) => health !== 'unknown'), {
      message: 'every rule evaluated',
      timeoutMs: LONG_MS,
      intervalMs: 500,
    });
    const all = await rules();
    assert.ok(all.length > 20);
    assert.deepEqual(
      all.filter(({ health }) => health !== 'ok'),
      [],
    );
  });
});
