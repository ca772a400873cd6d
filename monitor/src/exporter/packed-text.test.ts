import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { GZIP_START, gzipEnd, PackedText } from './packed-text.ts';
import { textPieces } from './text-pieces.ts';

const LINES = Array.from(
  { length: 200_000 },
  (_, index) => `x{name="größe 🚀 ${index}"} ${index}\n`,
);

const all = (parts: AsyncIterable<Buffer>): Promise<Buffer[]> => Readable.from(parts).toArray();

suite('packed text', () => {
  test('one gzip stream, whatever it is made of', async () => {
    for (const lines of [[], ['a\n'], LINES, ['€'.repeat(500_000), 'b\n']]) {
      const packed = new PackedText(lines);
      const stream = [GZIP_START, ...(await all(packed.parts())), gzipEnd(packed.sum)];
      assert.equal(gunzipSync(Buffer.concat(stream)).toString('utf8'), lines.join(''));
    }
  });

  test('a packed text goes on with another, again and again', async () => {
    const kept = new PackedText(LINES);
    for (const more of ['one\n', 'two\n']) {
      const parts = await all(kept.parts());
      const own = new PackedText([more], kept.sum);
      parts.push(...(await all(own.parts())));
      const stream = Buffer.concat([GZIP_START, ...parts, gzipEnd(own.sum)]);
      assert.equal(gunzipSync(stream).toString('utf8'), LINES.join('') + more);
    }
  });

  test('readers who begin and leave when they like get the same parts', async () => {
    let made = 0;
    const lines = function* (): Generator<string> {
      for (const line of LINES) {
        made++;
        yield line;
      }
    };
    const packed = new PackedText(lines());
    for await (const _ of packed.parts()) break;
    assert.ok(made < LINES.length, 'nobody waits for parts that nobody reads');
    const [one, other] = await Promise.all([all(packed.parts()), all(packed.parts())]);
    assert.equal(made, LINES.length);
    assert.ok(one.length > 3 && one.every((part, at) => part === other[at]));
  });
});

test('a large text comes in pieces', () => {
  const pieces = [...textPieces(LINES)];
  assert.ok(pieces.length > 3, `${pieces.length} pieces`);
  assert.ok(pieces.every(({ length }) => length <= 1024 * 1024));
  assert.equal(Buffer.concat(pieces).toString('utf8'), LINES.join(''));
});
