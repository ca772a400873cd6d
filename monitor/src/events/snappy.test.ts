import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CorruptSnappyError, decodeSnappyBlock, decodeSnappyStream } from './snappy.ts';

const MAX = 1_000_000;
const bytes = (...values: number[]) => Uint8Array.from(values);
const text = (data: Uint8Array) => new TextDecoder().decode(data);
const ascii = (characters: string) => [...new TextEncoder().encode(characters)];

describe('blocks of the format description', () => {
  const cases: [name: string, block: Uint8Array, expected: string][] = [
    ['empty', bytes(0), ''],
    ['literal', bytes(5, 4 << 2, ...ascii('hello')), 'hello'],
    [
      'literal with its length in a byte',
      bytes(65, 60 << 2, 64, ...ascii('x'.repeat(65))),
      'x'.repeat(65),
    ],
    [
      'literal with its length in two bytes',
      bytes(0xac, 2, 61 << 2, 43, 1, ...ascii('y'.repeat(300))),
      'y'.repeat(300),
    ],
    ['copy of 11 bits', bytes(8, 3 << 2, ...ascii('abcd'), 1, 4), 'abcdabcd'],
    ['copy of 16 bits', bytes(7, 3 << 2, ...ascii('abcd'), (2 << 2) | 2, 4, 0), 'abcdabc'],
    ['copy of 32 bits', bytes(6, 3 << 2, ...ascii('abcd'), (1 << 2) | 3, 4, 0, 0, 0), 'abcdab'],
    ['copy that overlaps itself', bytes(9, 0, ...ascii('a'), (7 << 2) | 2, 1, 0), 'a'.repeat(9)],
  ];
  for (const [name, block, expected] of cases) {
    test(name, () => assert.equal(text(decodeSnappyBlock(block, MAX)), expected));
  }
});

test('a stream of chunks: identifier, raw, compressed, skippable', () => {
  const chunk = (type: number, ...data: number[]) => [type, data.length, 0, 0, ...data];
  const stream = bytes(
    ...chunk(0xff, ...ascii('sNaPpY')),
    ...chunk(1, 0, 0, 0, 0, ...ascii('raw ')),
    ...chunk(0xfe, 0, 0, 0),
    ...chunk(0, 0, 0, 0, 0, 5, 4 << 2, ...ascii('block')),
  );
  assert.equal(text(decodeSnappyStream(stream, MAX)), 'raw block');
});

describe('corrupt data is refused', () => {
  const blocks: [name: string, block: Uint8Array][] = [
    ['nothing', bytes()],
    ['length without end', bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ['literal cut off', bytes(5, 4 << 2, ...ascii('he'))],
    ['literal longer than announced', bytes(1, 4 << 2, ...ascii('hello'))],
    ['copy before the start', bytes(8, 3 << 2, ...ascii('abcd'), 1, 5)],
    ['copy with offset 0', bytes(8, 3 << 2, ...ascii('abcd'), 1, 0)],
    ['copy longer than announced', bytes(5, 3 << 2, ...ascii('abcd'), 1, 4)],
    ['fewer bytes than announced', bytes(9, 4 << 2, ...ascii('hello'))],
    ['offset cut off', bytes(8, 3 << 2, ...ascii('abcd'), 2, 4)],
    ['a bomb', bytes(0xff, 0xff, 0xff, 0x7f, 0)],
  ];
  for (const [name, block] of blocks) {
    test(name, () => assert.throws(() => decodeSnappyBlock(block, MAX), CorruptSnappyError));
  }

  test('unknown chunk', () => {
    assert.throws(() => decodeSnappyStream(bytes(2, 0, 0, 0), MAX), CorruptSnappyError);
  });
  test('chunk cut off', () => {
    assert.throws(() => decodeSnappyStream(bytes(1, 9, 0, 0, 1), MAX), CorruptSnappyError);
  });
  test('more than allowed over several chunks', () => {
    const chunk = [1, 8, 0, 0, 0, 0, 0, 0, ...ascii('four')];
    assert.equal(decodeSnappyStream(bytes(...chunk, ...chunk), 8).length, 8);
    assert.throws(() => decodeSnappyStream(bytes(...chunk, ...chunk), 7), CorruptSnappyError);
  });
});

test('random bytes are refused or decoded within the bound, never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
      for (const decode of [decodeSnappyBlock, decodeSnappyStream]) {
        try {
          assert.ok(decode(data, 500).length <= 500);
        } catch (error) {
          assert.ok(error instanceof CorruptSnappyError, String(error));
        }
      }
    }),
    { numRuns: 5000 },
  );
});
