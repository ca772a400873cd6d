import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ElementCutter } from './element-cutter.ts';

function cut(json: string, pieceBytes: number): { elements: unknown[]; rest: unknown } {
  const elements: unknown[] = [];
  const cutter = new ElementCutter('list', (text) => elements.push(JSON.parse(text)));
  const bytes = new TextEncoder().encode(json);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    // The reader's buffer is used again after each piece.
    cutter.push(bytes.slice(at, at + pieceBytes));
  }
  return { elements, rest: JSON.parse(cutter.end()) };
}

suite('ElementCutter', () => {
  const tricky = {
    text: '"list": [{"}]\\',
    list: [{ deep: 1 }],
    name: 'Größe 🚀',
    ['li"st']: [{}],
  };
  const answer = {
    note: 'list',
    before: ['list', { list2: [{ kept: true }] }],
    accounts: [
      { name: 'ä', list: [tricky, { b: [[]] }] },
      { name: 'b', list: [] },
      { name: 'c', list: [1, { c: null }], after: { list: { not: 'an array' } } },
    ],
  };
  const expected = {
    elements: [tricky, { b: [[]] }, { c: null }],
    rest: {
      ...answer,
      accounts: [
        { name: 'ä', list: [0, 1] },
        { name: 'b', list: [] },
        { name: 'c', list: [1, 2], after: { list: { not: 'an array' } } },
      ],
    },
  };

  for (const indent of [0, 2]) {
    for (const pieceBytes of [1, 2, 3, 7, 64, 100_000]) {
      test(`pieces of ${pieceBytes}, indented by ${indent}`, () => {
        assert.deepEqual(cut(JSON.stringify(answer, null, indent), pieceBytes), expected);
      });
    }
  }

  test('half an answer throws, wherever it ends', () => {
    const json = JSON.stringify(answer);
    for (let length = 0; length < json.length; length++) {
      assert.throws(() => cut(json.slice(0, length), 16), SyntaxError, json.slice(0, length));
    }
  });
});
