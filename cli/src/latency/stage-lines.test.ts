import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StageFigures } from '@hopline/model/api';
import { paint } from '../terminal-text.ts';
import { stageLines } from './stage-lines.ts';

const stage = (name: string, share: number | null): StageFigures =>
  ({
    stage: name,
    count: 12_345,
    average: '43900000',
    p50: '38000000',
    p90: '68700000',
    p99: '155000000',
    max: '353000000',
    share,
    provenance: { measured: 1, derived: name === 'total' ? 1 : 0, adjusted: 0 },
  }) as unknown as StageFigures;

const at = (width: number): string[] =>
  stageLines([stage('process', 0.86), stage('total', null)], width).map((line) =>
    paint(line, false).trimEnd(),
  );

test('all columns where there is room, the way of knowing beside the stage', () => {
  const [heading, process, total] = at(120);
  assert.match(heading ?? '', /^stage +count +average +P50 +P90 +P99 +max +share$/);
  assert.match(
    process ?? '',
    /^process +12345 +43\.9 ms +38\.0 ms +68\.7 ms +155 ms +353 ms +86 %$/,
  );
  assert.match(total ?? '', /^total~ /);
});

test('a narrow terminal drops whole columns, the least asked for first', () => {
  const widths = [60, 40, 30];
  assert.deepEqual(
    widths.map((width) => at(width)[0]?.trim().split(/ +/)),
    [
      ['stage', 'count', 'average', 'P50', 'P99', 'max', 'share'],
      ['stage', 'average', 'P50', 'P99', 'share'],
      ['stage', 'average', 'P99'],
    ],
  );
  for (const width of widths) assert.ok(at(width).every((line) => line.length <= width));
});
