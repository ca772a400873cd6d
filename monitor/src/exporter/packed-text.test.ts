import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { GZIP_START, gzipEnd, type PackedText, packText } from './packed-text.ts';
import { textPieces } from './text-pieces.ts';

const streamOf = (...texts: PackedText[]): Buffer =>
  Buffer.concat([GZIP_START, ...texts.flatMap(({ parts }) => parts), gzipEnd(texts.at(-1)!)]);

const LINES = Array.from(
  { length: 200_000 },
  (_, index) => `x{name="größe 🚀 ${index}"} ${index}\n`,
);

suite('packed text', () => {
  test('one gzip stream, whatever it is made of', async () => {
    for (const lines of [[], ['a\n'], LINES, ['€'.repeat(500_000), 'b\n']]) {
      const packed = await packText(lines);
      assert.equal(gunzipSync(streamOf(packed)).toString('utf8'), lines.join(''));
    }
  });

  test('a packed text goes on with another, again and again', async () => {
    const kept = await packText(LINES);
    for (const more of ['one\n', 'two\n']) {
      const stream = streamOf(kept, await packText([more], kept));
      assert.equal(gunzipSync(stream).toString('utf8'), LINES.join('') + more);
    }
  });
});

test('a large text comes in pieces', () => {
  const pieces = [...textPieces(LINES)];
  assert.ok(pieces.length > 3, `${pieces.length} pieces`);
  assert.ok(pieces.every(({ length }) => length <= 1024 * 1024));
  assert.equal(Buffer.concat(pieces).toString('utf8'), LINES.join(''));
});
