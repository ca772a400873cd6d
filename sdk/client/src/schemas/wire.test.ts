import assert from 'node:assert/strict';
import { test } from 'node:test';
import { framedPayload, readFrame, writeFrame } from './wire.ts';

const PAYLOAD = Uint8Array.of(7, 8);
const BY_SPECIFICATION: [readonly number[], string][] = [
  // The first message has a short form.
  [[0], '00'],
  [[1], '0202'],
  [[1, 0], '040200'],
  [[0, 2, 300], '060004d804'],
];

for (const [message, places] of BY_SPECIFICATION) {
  test(`a frame names message [${message}] as ${places}`, () => {
    const frame = writeFrame({ number: 258, format: 'protobuf' }, PAYLOAD, message);
    assert.equal(Buffer.from(frame).toString('hex'), `0000000102${places}0708`);
    const { number, rest } = readFrame(frame) ?? assert.fail('no frame');
    assert.equal(number, 258);
    assert.deepEqual(framedPayload('protobuf', rest), { payload: PAYLOAD, message });
  });
}

test('the long form of the first message is read, and other formats have no places', () => {
  const long = framedPayload('protobuf', Uint8Array.of(2, 0, 7, 8));
  assert.deepEqual(long, { payload: PAYLOAD, message: [0] });
  assert.deepEqual(framedPayload('avro', PAYLOAD).payload, PAYLOAD);
  assert.equal(writeFrame({ number: 1, format: 'avro' }, PAYLOAD).length, 7);
});

test('what names no message is refused as framing', () => {
  for (const hex of ['', '02', '01', '0a02c3b6', 'ffffffffff', '8001', '0203']) {
    const rest = new Uint8Array(Buffer.from(hex, 'hex'));
    assert.throws(() => framedPayload('protobuf', rest), { code: 'framing' }, hex);
  }
});
