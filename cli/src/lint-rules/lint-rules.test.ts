import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { Catalogue } from './catalogue.ts';
import { type LintedRule, lintRules } from './lint-rules.ts';
import { MODES, type Mode } from './metric.ts';
import { readRules } from './read-rules.ts';

const LEADER = 'is_consumer_leader="true"';

/** [expression, verdict, a word of each finding] */
const CASES: readonly (readonly [string, LintedRule['verdict'], ...RegExp[]])[] = [
  ['gnatsd_varz_connections > 1000', 'ok'],
  ['nats_varz_connections > 1000', 'ok'],
  ['mynats_varz_connections > 1000', 'ok'],
  ['rate(gnatsd_varz_in_msgs[5m]) > 1e6', 'ok'],
  ['increase(gnatsd_varz_slow_consumers[10m]) > 0', 'ok'],
  ['node_load1 > 3', 'ok'],
  ['hopline_exporter_server_up == 0', 'ok'],
  [`jetstream_consumer_num_pending{${LEADER}} > 100`, 'ok'],
  [`sum by (stream_name) (jetstream_consumer_num_pending{${LEADER}}) > 100`, 'ok'],
  ['max by (stream_name, consumer_name) (jetstream_consumer_num_pending) > 100', 'ok'],
  ['gnatsd_healthz_status == 1', 'ok'],
  ['gnatsd_healthz_status != 0', 'ok'],
  ['gnatsd_healthz_status_value == 0', 'ok'],
  ['time() - gnatsd_varz_start / 1000 < 300', 'ok'],
  ['jetstream_stream_total_bytes / jetstream_stream_limit_bytes > 0.8', 'ok'],
  ['changes(gnatsd_varz_start[10m]) > 0', 'ok'],
  ['gnatsd_varz_stale_connections offset 5m > 3', 'doubtful', /only grows/],
  // Names
  ['gnatsd_varz_memory > 2e8', 'never', /did you mean gnatsd_varz_mem\?/],
  ['rate(gnatsd_varz_nonsense_of_mine[5m]) > 0', 'never', /no version of nats-server/],
  [
    'absent(gnatsd_varz_nothing_like_it_here) == 1',
    'always',
    /no version/,
    /always holds/,
    /always holds/,
  ],
  ['gnatsd_varz_cpu > 90 or gnatsd_varz_memory > 1', 'doubtful', /did you mean/],
  ['gnatsd_varz_cpu > 90 and gnatsd_varz_memory > 1', 'never', /did you mean/],
  ['gnatsd_varz_cpu > 90 unless gnatsd_varz_memory > 1', 'doubtful', /did you mean/],
  [`jetstream_consumer_num_pending{consumer="x",${LEADER}} > 1`, 'never', /no label consumer/],
  [
    `sum by (consumer) (jetstream_consumer_num_pending{${LEADER}}) > 1`,
    'doubtful',
    /no such label/,
  ],
  ['{__name__="gnatsd_varz_memory"} > 3', 'never', /did you mean/],
  // Ranges and units
  ['gnatsd_varz_write_deadline > 10', 'always', /at least 1000000 in nanoseconds/],
  ['10 < gnatsd_varz_write_deadline', 'always', /nanoseconds/],
  ['time() - gnatsd_varz_start < 300', 'always', /epoch milliseconds: write/, /always holds/],
  ['time() - gnatsd_varz_start > 300', 'never', /epoch milliseconds: write/, /can never hold/],
  ['gnatsd_varz_start > 1h', 'always', /epoch milliseconds/],
  ['gnatsd_varz_connections < 0', 'never', /at least 0/],
  ['gnatsd_varz_connections >= 0', 'always', /always holds/],
  ['sum(rate(gnatsd_varz_in_msgs[5m])) < 0', 'never', /at least|between 0/],
  ['gnatsd_healthz_status > 1', 'never', /between 0 and 1/],
  ['gnatsd_varz_version != 1', 'never', /text stands in a label/],
  ['gnatsd_varz_cpu > 0.8', 'doubtful', /percentage of one core/],
  ['gnatsd_connz_rtt > 1', 'doubtful', /microseconds/],
  ['gnatsd_varz_connections > bool 5', 'always', /bool/],
  ['gnatsd_varz_connections', 'always', /nothing chooses/],
  // Settings and totals
  ['gnatsd_varz_auth_timeout > 5', 'doubtful', /at its default of 2 seconds this never fires/],
  ['max(gnatsd_varz_max_payload) > 1e6', 'doubtful', /this fires for ever/],
  ['rate(gnatsd_varz_ping_max[5m]) > 1', 'doubtful', /a setting/],
  ['gnatsd_varz_slow_consumers > 0', 'doubtful', /never clears/],
  ['sum(gnatsd_varz_slow_consumers) > 0', 'doubtful', /never clears/],
  ['rate(gnatsd_varz_mem[5m]) > 0', 'doubtful', /goes up and down/],
  ['rate(gnatsd_connz_in_msgs[5m]) > 10', 'doubtful', /falls when a connection closes/],
  // Meaning
  ['gnatsd_healthz_status == 0', 'doubtful', /while the server is healthy/],
  ['nats_healthz_status < 1', 'doubtful', /while the server is healthy/],
  ['gnatsd_healthz_status_value{value="ok"} == 0', 'never', /always 1 here/],
  ['jetstream_consumer_num_pending > 100', 'doubtful', /followers answer 0/],
  ['sum(jetstream_consumer_num_ack_pending) > 100', 'doubtful', /counts each replica/],
  [
    'min(jetstream_consumer_num_pending{is_consumer_leader=~"true|false"}) > 1',
    'doubtful',
    /followers/,
  ],
  ['sum(jetstream_server_total_consumers) > 100', 'doubtful', /three times/],
  ['sum(gnatsd_connz_subscriptions) > 1', 'doubtful', /counts twice/],
  ['absent(gnatsd_varz_connections)', 'doubtful', /repeats the figures of a dead server/],
  // Others
  ['nats_core_conection_count > 3', 'never', /did you mean nats_core_connection_count/],
  ['nats_core_start_time > time()', 'always', /always holds/],
  ['gnatsd_varz_cpu > > 3', 'broken', /not PromQL near "> 3"/],
  ['', 'broken', /not PromQL/],
];

const lint = (expression: string, modes: readonly Mode[] = MODES): LintedRule => {
  const rule = { group: 'g', kind: 'alert', name: 'A', expression, line: 1 } as const;
  const [linted] = lintRules([rule], new Catalogue({ modes, prefix: 'mynats' }));
  assert.ok(linted);
  return linted;
};

suite('lint of rules', () => {
  for (const [expression, verdict, ...words] of CASES) {
    test(expression, () => {
      const linted = lint(expression);
      const texts = linted.findings.map(({ text }) => text);
      assert.deepEqual(
        { verdict: linted.verdict, count: texts.length },
        { verdict, count: words.length },
        texts.join('\n'),
      );
      for (const [index, word] of words.entries()) assert.match(texts[index] ?? '', word);
    });
  }

  test('a mode knows its own names only', () => {
    assert.equal(lint('nats_core_mem_bytes > 1e9', ['surveyor']).verdict, 'ok');
    const other = lint('nats_core_mem_bytes > 1e9', ['exporter']);
    assert.equal(other.verdict, 'never');
    assert.match(other.findings[0]?.text ?? '', /only the mode "surveyor" has it/);
  });

  test('what a file records may be used in it', () => {
    const text = `
groups:
  - name: g
    rules:
      - record: nats_mine
        expr: sum(gnatsd_varz_connections)
      - alert: Mine
        expr: nats_mine > 10
`;
    const rules = lintRules(readRules(text, 'f'), new Catalogue({ modes: MODES }));
    assert.deepEqual(
      rules.map(({ verdict }) => verdict),
      ['ok', 'ok'],
    );
  });
});

suite('files of rules', () => {
  test('the rules that Hopline ships are well', async () => {
    const path = new URL('../../../deploy/prometheus/hopline-alerts.yml', import.meta.url);
    const rules = readRules(await readFile(path, 'utf8'), 'hopline-alerts.yml');
    const linted = lintRules(rules, new Catalogue({ modes: ['native'] }));
    assert.ok(linted.length > 20);
    assert.deepEqual(
      linted.filter(({ verdict }) => verdict !== 'ok'),
      [],
    );
  });

  test('lines are those of the file, also in the second document and in a PrometheusRule', () => {
    const text = `groups:
  - name: first
    rules:
      - alert: One
        expr: up == 0
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
spec:
  groups:
    - name: second
      rules:
        - alert: Two
          expr: |
            up == 0
        - record: a:b
          expr: sum(up)
`;
    assert.deepEqual(
      readRules(text, 'f').map(({ group, kind, name, expression, line }) => [
        group,
        kind,
        name,
        expression,
        line,
      ]),
      [
        ['first', 'alert', 'One', 'up == 0', 5],
        ['second', 'alert', 'Two', 'up == 0', 14],
        ['second', 'record', 'a:b', 'sum(up)', 17],
      ],
    );
  });

  test('what is no file of rules is refused with the reason', () => {
    assert.throws(() => readRules('a: [', 'f.yml'), /cannot read f\.yml: /);
    for (const text of ['', 'a: 1', 'groups: 3', 'groups: [{ rules: [{ alert: A }] }]']) {
      assert.throws(() => readRules(text, 'f.yml'), /cannot find rules in f\.yml/);
    }
  });
});
