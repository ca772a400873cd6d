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

const FOLDER = `${DEPLOY}grafana/dashboards/`;

interface Link {
  url: string;
}
interface Panel {
  type: string;
  title: string;
  datasource: { uid: string };
  fieldConfig: { defaults: { unit: string; noValue: string; min?: number; links?: Link[] } };
  targets: { expr: string; legendFormat?: string }[];
}
interface Dashboard {
  uid: string;
  description: string;
  templating: { list: { name: string; type: string; definition?: string }[] };
  panels: Panel[];
}

async function dashboards(): Promise<Dashboard[]> {
  const files = await readdir(FOLDER);
  assert.ok(files.length >= 5);
  return await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(FOLDER + file, 'utf8')) as Dashboard),
  );
}

/** With `All` chosen everywhere. */
const chosen = (text: string): string =>
  text.replaceAll('$__rate_interval', '30s').replaceAll(/\$(?:cluster|stream)\b/g, '.*');

describe('what a reader of Grafana needs', () => {
  test('every panel has a unit, a word for no data, names for its lines and the chosen data source', async () => {
    for (const { uid, description, templating, panels } of await dashboards()) {
      assert.ok(description.length > 20, uid);
      const variables = new Set(templating.list.map(({ name }) => name));
      assert.ok(variables.has('datasource') && variables.has('hopline'), uid);
      for (const { type, title, datasource, fieldConfig, targets } of panels) {
        const { unit, noValue, min } = fieldConfig.defaults;
        assert.ok(unit && noValue, title);
        assert.match(datasource.uid, /^\$\{datasource\}$/, title);
        for (const { expr, legendFormat } of targets) {
          if (type === 'timeseries') assert.ok(legendFormat && min !== undefined, title);
          for (const [, name] of expr.matchAll(/\$(\w+)/g)) {
            assert.ok(name === '__rate_interval' || variables.has(name!), `${title}: $${name}`);
          }
        }
      }
    }
  });

  test('rates follow the scrape interval, unless the title names their time; nothing is divided by 0', async () => {
    for (const { title, targets } of (await dashboards()).flatMap(({ panels }) => panels)) {
      for (const { expr } of targets) {
        for (const [, range] of expr.matchAll(/\[([^\]]+)\]/g)) {
          const isNamed = title.includes(`${Number.parseInt(range!, 10)} minutes`);
          assert.ok(range === '$__rate_interval' || isNamed, `${title}: ${range}`);
        }
        // A limit that is none has no series: those alone need no guard.
        const [, ...divisors] = expr.split(' / ');
        for (const divisor of divisors) {
          assert.match(divisor, /^hopline_stream_limit_|> 0\)/, `${title}: ${divisor}`);
        }
      }
    }
  });

  test('every link leads to a page of Hopline', async () => {
    const router = await readFile(new URL('../../web/src/router.tsx', import.meta.url), 'utf8');
    const pages = new Set([...router.matchAll(/path: '([^']+)'/g)].map(([, path]) => path));
    const urls = (await dashboards()).flatMap(({ panels }) =>
      panels.flatMap(({ fieldConfig }) => (fieldConfig.defaults.links ?? []).map(({ url }) => url)),
    );
    assert.ok(urls.length > 30);
    for (const url of urls) {
      const path = url
        .replace(/^\$\{hopline\}/, '')
        .replaceAll(/\$\{__(?:field\.labels|data\.fields)\.(\w+)\}/g, '$$$1');
      assert.ok(pages.has(path), url);
    }
  });
});

test('the unit tests of the rules', async () => {
  const run = promisify(execFile);
  const tests = `${DEPLOY}prometheus/hopline-alerts.test.yml`;
  const { stdout } = await run(await findPromtool(), ['test', 'rules', tests]);
  assert.match(stdout, /SUCCESS/);
  await run(await findPromtool(), ['check', 'rules', '--lint=all', '--lint-fatal', RULES]);
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
global: { scrape_interval: 3s, scrape_timeout: 3s, evaluation_interval: 1s }
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
    for (const { uid, templating, panels } of await dashboards()) {
      const targets = panels.flatMap((panel) => panel.targets);
      // The choices of a variable: values of one label.
      const variables = templating.list.flatMap(({ definition }) => {
        const [, series, label] = /^label_values\((.*), (\w+)\)$/.exec(definition ?? '') ?? [];
        return series && label ? [`count by (${label}) (${series})`] : [];
      });
      const asked = [...variables.map((expr) => ({ expr, legendFormat: '' })), ...targets];
      for (const { expr, legendFormat = '' } of asked) {
        const found = await waitFor(
          async () => {
            const samples = await prometheus.query(chosen(expr));
            return samples.length > 0 && samples;
          },
          { message: `${uid}: ${expr}`, timeoutMs: LONG_MS, intervalMs: 500 },
        );
        for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
          assert.ok(
            found.some(({ metric }) => metric[label!]),
            `${uid}: ${expr} has no ${label}`,
          );
        }
      }
    }
  });

  test('promtool finds no fault in what the server says', async () => {
    const metrics = await waitFor(
      async () => {
        const text = await (await fetch(`${demo.url}/metrics`)).text();
        return /^hopline_path_stage_seconds\{/m.test(text) && text;
      },
      { message: 'figures of paths', timeoutMs: LONG_MS, intervalMs: 500 },
    );
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
