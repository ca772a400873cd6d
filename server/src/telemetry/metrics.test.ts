import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IntakeMetrics } from './intake-metrics.ts';
import { Metrics } from './metrics.ts';
import { processMetrics } from './process-metrics.ts';

test('text exposition: kinds, labels, escapes, values', () => {
  const metrics = new Metrics();
  const counter = metrics.counter('a_total', 'Things.');
  counter.add({ kind: 'x' });
  counter.add({ kind: 'x' }, 2.5);
  counter.add({ kind: 'quote " slash \\ line \n end' });
  metrics.gauge('b', 'Now.', () => 7);
  metrics.gauge('c', 'Several.', () => [
    [{ of: 'inf' }, Number.POSITIVE_INFINITY],
    [{ of: 'nan' }, Number.NaN],
  ]);
  const histogram = metrics.histogram('d_seconds', 'Time.', [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 3]) histogram.observe({ signal: 's' }, value);
  assert.equal(
    metrics.render(),
    `# HELP a_total Things.
# TYPE a_total counter
a_total{kind="x"} 3.5
a_total{kind="quote \\" slash \\\\ line \\n end"} 1
# HELP b Now.
# TYPE b gauge
b 7
# HELP c Several.
# TYPE c gauge
c{of="inf"} +Inf
c{of="nan"} NaN
# HELP d_seconds Time.
# TYPE d_seconds histogram
d_seconds_bucket{signal="s",le="0.1"} 2
d_seconds_bucket{signal="s",le="1"} 3
d_seconds_bucket{signal="s",le="+Inf"} 4
d_seconds_sum{signal="s"} 3.65
d_seconds_count{signal="s"} 4
`,
  );
});

test('one name, one family', () => {
  const metrics = new Metrics();
  metrics.counter('a_total', '');
  assert.throws(() => metrics.gauge('a_total', '', () => 1), /cannot add metric a_total/);
});

test('what the intake tells is counted by door and signal', () => {
  const metrics = new Metrics();
  const intake = new IntakeMetrics(metrics);
  intake.accepted('http', 'traces', 5);
  intake.accepted('grpc', 'traces', 2);
  intake.rejected('http', 'logs', [
    { reason: 'no time', count: 2 },
    { reason: 'invalid trace id', count: 1 },
  ]);
  intake.refused('http', 'too large');
  intake.stored('traces', 7, 300);
  intake.setAside('traces');
  assert.equal(intake.totals.accepted.traces, 7);
  assert.equal(intake.totals.rejected.logs, 3);
  const text = metrics.render();
  for (const line of [
    'hopline_intake_accepted_items_total{door="grpc",signal="traces"} 2',
    'hopline_intake_rejected_items_total{door="http",signal="logs",reason="no time"} 2',
    'hopline_intake_refused_requests_total{door="http",refusal="too large"} 1',
    'hopline_store_insert_duration_seconds_bucket{signal="traces",le="0.25"} 0',
    'hopline_store_insert_duration_seconds_bucket{signal="traces",le="0.5"} 1',
    'hopline_journal_set_aside_total{signal="traces"} 1',
  ]) {
    assert.ok(text.includes(`\n${line}\n`), `no line ${line} in\n${text}`);
  }
});

test('a blocked event loop shows in its delay; the rest of the process is there', async () => {
  const metrics = new Metrics();
  using _process = processMetrics(metrics);
  const value = (name: string): number => {
    const line = metrics
      .render()
      .split('\n')
      .find((one) => one.startsWith(`${name} `));
    return Number(line?.split(' ')[1]);
  };
  await new Promise((resolve) => setTimeout(resolve, 30));
  const until = performance.now() + 150;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.ok(value('hopline_event_loop_delay_max_seconds') > 0.1);
  assert.ok(value('hopline_event_loop_delay_p50_seconds') < 0.1);
  assert.ok(value('process_resident_memory_bytes') > 10_000_000);
  assert.ok(value('process_cpu_seconds_total') > 0);
  assert.ok(Math.abs(value('process_start_time_seconds') - Date.now() / 1000) < 600);
});
