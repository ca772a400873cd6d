import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { labelText, type MetricBlock, specs } from './compat/metric-block.ts';
import { exposition, OPENMETRICS_END } from './exposition.ts';

const row = (name: string, values: number[]) => ({ labels: labelText({ name }), values });

suite('exposition', () => {
  test('samples of a name stand together whichever block they are from', () => {
    const one: MetricBlock = {
      metrics: specs('x', { a: 'first', b: 'second' }),
      rows: [row('one', [1, 2])],
    };
    const two: MetricBlock = { metrics: specs('x', { a: 'other' }), rows: [row('two', [3])] };
    assert.equal(
      text([one, two]),
      [
        '# HELP x_a first',
        '# TYPE x_a gauge',
        'x_a{name="one"} 1',
        'x_a{name="two"} 3',
        '# HELP x_b second',
        '# TYPE x_b gauge',
        'x_b{name="one"} 2',
        '',
      ].join('\n'),
    );
  });

  test('a value that no server gave is no sample, and a name without samples is not there', () => {
    const block = {
      metrics: specs('x', { a: 'a', b: 'b' }),
      rows: [row('one', [Number.NaN, 1]), row('two', [Number.NaN, Number.NaN])],
    };
    assert.equal(text([block]), '# HELP x_b b\n# TYPE x_b gauge\nx_b{name="one"} 1\n');
  });

  test('labels and help are escaped', () => {
    const block = { metrics: specs('x', { a: 'a\\b\nc' }), rows: [row('q"\\\n', [0])] };
    assert.equal(
      text([block]),
      '# HELP x_a a\\\\b\\nc\n# TYPE x_a gauge\nx_a{name="q\\"\\\\\\n"} 0\n',
    );
  });

  test('OpenMetrics: counters by their family, other types that it lacks as unknown, an end', () => {
    const block = {
      metrics: [
        ...specs('x', { hits_total: 'hits', bytes: 'bytes' }, 'counter'),
        ...specs('x', { at: 'at' }, 'untyped'),
      ],
      rows: [{ labels: '', values: [1, 2, 3] }],
    };
    assert.equal(
      [...exposition([block], 'openmetrics'), OPENMETRICS_END].join(''),
      [
        '# HELP x_hits hits',
        '# TYPE x_hits counter',
        'x_hits_total 1',
        '# HELP x_bytes bytes',
        '# TYPE x_bytes unknown',
        'x_bytes 2',
        '# HELP x_at at',
        '# TYPE x_at unknown',
        'x_at 3',
        '# EOF',
        '',
      ].join('\n'),
    );
  });
});

const text = (blocks: MetricBlock[]): string => [...exposition(blocks, 'text')].join('');
