import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffLines } from './diff-lines.ts';

const textOf = (lines: ReturnType<typeof diffLines>): string[] =>
  lines.map((line) => line.map(({ text }) => text).join(''));

test('lines that are gone and lines that are new', () => {
  assert.deepEqual(textOf(diffLines('a\nb\nc', 'a\nx\nc\nd')), ['  a', '- b', '+ x', '  c', '+ d']);
});

test('both texts can be read from the difference', () => {
  const texts = fc
    .array(fc.constantFrom('a', 'b', ''), { minLength: 1 })
    .map((all) => all.join('\n'));
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const lines = textOf(diffLines(before, after));
      const side = (sign: string): string =>
        lines
          .filter((line) => !line.startsWith(sign))
          .map((line) => line.slice(2))
          .join('\n');
      assert.deepEqual([side('+'), side('-')], [before, after]);
    }),
  );
});
