import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PathSummary, UnhandledSummary } from '@hopline/model/api';
import { paint } from '../terminal-text.ts';
import { pathLines, pathNameLine, unhandledLines } from './path-lines.ts';

const PATHS = [
  {
    producer: 'gateway',
    subject: 'orders.created',
    consumer: 'payment',
    deliveries: 1200,
    redeliveries: 7,
    errors: 3,
    total: { p50: '12000000', p99: '250000000' },
    slowest: { stage: 'process', share: 0.84 },
  },
  {
    producer: 'payment',
    subject: 'payments.captured',
    consumer: 'inventory',
    deliveries: 5,
    redeliveries: 0,
    errors: 0,
    total: null,
    slowest: null,
  },
] as unknown as PathSummary[];

const at = (width: number): string[] =>
  pathLines(PATHS, width).map((line) => paint(line, false).trimEnd());

test('a wide terminal has a line for each path', () => {
  const [heading, first, second] = at(120);
  assert.match(
    heading ?? '',
    /^producer +subject +consumer +messages +again +errors +P50 +P99 +most/,
  );
  assert.match(
    first ?? '',
    /^gateway +orders\.created +payment +1200 +7 +3 +12\.0 ms +250 ms +process 84 %$/,
  );
  assert.match(second ?? '', /^payment +payments\.captured +inventory +5 +\? +\?$/);
});

test('a narrow one loses no figure: names stand above', () => {
  const lines = at(60);
  assert.ok(
    lines.every((line) => line.length <= 60),
    lines.join('\n'),
  );
  const [heading, name, figures] = lines;
  assert.match(heading ?? '', /messages +again +errors +P50 +P99 +most time in/);
  assert.equal(name, 'gateway → orders.created → payment');
  assert.match(figures ?? '', /^ +1200 +7 +3 +12\.0 ms +250 ms +process 84 %$/);
  assert.equal(lines.length, 5);
});

test('the narrowest keep errors and percentiles', () => {
  const lines = at(38);
  assert.ok(lines.filter((_, index) => index % 2 === 0).every((line) => line.length <= 38));
  assert.match(lines[0] ?? '', /messages +errors +P50 +P99$/);
});

test('what nobody took, in the same way', () => {
  const flow = { producer: 'p'.repeat(30), subject: 's'.repeat(30), stream: 'S', messages: 4 };
  const rows = [{ ...flow, expired: 2, refused: 0, acked: 0 }] as unknown as UnhandledSummary[];
  const lines = unhandledLines(rows, 60).map((line) => paint(line, false).trimEnd());
  assert.deepEqual(lines, [
    '  messages  expired  refused  acked unseen',
    `${'p'.repeat(11)}…${'p'.repeat(10)} → ${'s'.repeat(11)}…${'s'.repeat(10)}, stored in S`,
    '         4        2',
  ]);
});

test('long names lose their middles, none is lost for another', () => {
  const path = { producer: 'gateway', subject: 'orders.'.repeat(20), consumer: 'c'.repeat(100) };
  const line = paint(pathNameLine(path, 60), false);
  assert.match(line, /^gateway → orders\.[\w.]*…[\w.]*orders\. → c+…c+$/);
  assert.equal([...line].length, 59);
  assert.equal(
    paint(pathNameLine({ producer: 'a', subject: 'b', consumer: 'c' }, 60), false),
    'a → b → c',
  );
});
