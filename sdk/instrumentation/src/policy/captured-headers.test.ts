import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Span } from '@opentelemetry/api';
import type { NatsHeaders } from '../kernel/nats-internals.ts';
import { CapturedHeaders } from './captured-headers.ts';

function captured(allow: string[], deny: string[], headers: Record<string, string>): object {
  const attributes: Record<string, unknown> = {};
  const span = {
    isRecording: () => true,
    setAttribute: (key: string, value: unknown) => {
      attributes[key] = value;
    },
  } as unknown as Span;
  const entries = Object.entries(headers).map(([key, value]): [string, string[]] => [key, [value]]);
  const given = { headers: new Map(entries) } as unknown as NatsHeaders;
  new CapturedHeaders(allow, deny).capture(span, given);
  return attributes;
}

test('nothing by default', () => {
  assert.deepEqual(captured([], [], { 'X-Order': '1' }), {});
});

test('the allow-list, by glob and in any letter case', () => {
  assert.deepEqual(captured(['x-*', 'tenant'], [], { 'X-Order': '1', TENANT: 'a', other: 'b' }), {
    'messaging.header.x-order': ['1'],
    'messaging.header.tenant': ['a'],
  });
});

test('a glob is not a regular expression', () => {
  assert.deepEqual(captured(['a.b'], [], { axb: '1', 'a.b': '2' }), {
    'messaging.header.a.b': ['2'],
  });
});

test('deny wins over allow', () => {
  assert.deepEqual(captured(['*'], ['x-in*'], { 'X-Internal': '1', 'X-Order': '2' }), {
    'messaging.header.x-order': ['2'],
  });
});

const credentials = [
  'Authorization',
  'proxy-authorization',
  'Cookie',
  'Set-Cookie',
  'X-Api-Key',
  'apikey',
  'X-Auth-Token',
  'password',
  'client_secret',
  'X-Amz-Security-Token',
  'nats-nkey',
  'X-Session-Id',
];
for (const name of credentials) {
  test(`${name} is never shown`, () => {
    assert.deepEqual(captured(['*', name], [], { [name]: 'hunter2' }), {});
  });
}

test('long values are cut, and only so many are taken', () => {
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`x-${i}`, 'v']));
  assert.equal(Object.keys(captured(['*'], [], many)).length, 32);
  const [value] = Object.values(captured(['*'], [], { x: 'a'.repeat(5000) })) as string[][];
  assert.equal(value?.[0]?.length, 1024);
});
