import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headers } from '@nats-io/nats-core';
import fc from 'fast-check';
import {
  envelope,
  fromCloudEvent,
  readCloudEvent,
  toCloudEvent,
  toHeaderMessage,
  toStructuredMessage,
} from './index.ts';

const ORDER = envelope(
  'shop.order.created',
  { total: 3 },
  { id: 'a', timestamp: '2026-01-02T03:04:05Z' },
);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('an envelope as a CloudEvent, on the wire in both modes', () => {
  const event = toCloudEvent(ORDER, { source: '/shop', subject: 'ü "1"' });
  const structured = toStructuredMessage(event);
  assert.equal(structured.headers.get('Content-Type'), 'application/cloudevents+json');
  assert.deepEqual(JSON.parse(text(structured.data)), {
    specversion: '1.0',
    id: 'a',
    type: 'shop.order.created',
    time: '2026-01-02T03:04:05Z',
    source: '/shop',
    subject: 'ü "1"',
    data: { total: 3 },
  });
  const inHeaders = toHeaderMessage(event);
  assert.equal(text(inHeaders.data), '{"total":3}');
  assert.deepEqual(
    Object.fromEntries([...inHeaders.headers].map(([key, [value]]) => [key, value])),
    {
      'Content-Type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': 'a',
      'ce-type': 'shop.order.created',
      'ce-time': '2026-01-02T03:04:05Z',
      'ce-source': '/shop',
      'ce-subject': '%C3%BC%20%221%22',
    },
  );
  for (const message of [structured, inHeaders]) {
    const read = readCloudEvent(message);
    assert.ok(read.ok);
    assert.equal(read.value.subject, 'ü "1"');
    assert.deepEqual(fromCloudEvent(read.value), { ok: true, value: ORDER });
  }
});

test('any event comes back from both modes', () => {
  const some = fc.string({ minLength: 1, unit: 'grapheme' });
  const events = fc.record(
    {
      specversion: fc.constant('1.0' as const),
      id: some,
      source: some,
      type: some,
      subject: some,
      traceparent: some,
      datacontenttype: fc.constant('application/json'),
      data: fc.jsonValue(),
    },
    { requiredKeys: ['specversion', 'id', 'source', 'type', 'data', 'datacontenttype'] },
  );
  fc.assert(
    fc.property(events, (event) => {
      const expected = { ok: true, value: JSON.parse(JSON.stringify(event)) };
      assert.deepEqual(readCloudEvent(toStructuredMessage(event)), expected);
      assert.deepEqual(readCloudEvent(toHeaderMessage(event)), expected);
    }),
  );
});

test('bytes stay bytes: base64 in the structured mode, as they are in the header mode', () => {
  const data = new Uint8Array([0, 255, 10]);
  const binary = { ...toCloudEvent(ORDER, { source: 's' }), datacontenttype: 'image/png', data };
  assert.equal(JSON.parse(text(toStructuredMessage(binary).data)).data_base64, 'AP8K');
  assert.deepEqual(toHeaderMessage(binary).data, data);
  for (const message of [toStructuredMessage(binary), toHeaderMessage(binary)]) {
    const read = readCloudEvent(message);
    assert.ok(read.ok);
    assert.deepEqual(read.value.data, data);
  }
});

test('what others write: any case of a header, an offset in the time, a stray percent sign', () => {
  const given = headers();
  for (const [key, value] of Object.entries({
    'CE-SpecVersion': '1.0',
    'Ce-Id': '100%',
    'ce-type': 't',
    'ce-source': 's',
    'ce-time': '2026-01-01T01:00:00+01:00',
  })) {
    given.set(key, value);
  }
  const read = readCloudEvent({ headers: given, data: new TextEncoder().encode('1') });
  assert.ok(read.ok);
  const back = fromCloudEvent(read.value);
  assert.ok(back.ok);
  assert.equal(back.value.id, '100%');
  assert.equal(back.value.timestamp, '2026-01-01T00:00:00.000Z');
});

test('what is not an event is refused by name', () => {
  const problems = (value: unknown) => {
    const read = readCloudEvent({ data: new TextEncoder().encode(JSON.stringify(value)) });
    return read.ok ? [] : read.problems;
  };
  assert.deepEqual(problems({ specversion: '0.3', id: 'a', type: 't', 'my-ext': 1, time: 'x' }), [
    'specversion: not "1.0"',
    'source: missing or empty',
    'time: not a time of RFC 3339',
    'my-ext: not lower-case letters and digits',
  ]);
  assert.deepEqual(problems(null), ['not an object']);
  fc.assert(fc.property(fc.uint8Array(), (data) => void readCloudEvent({ data })));
});
