import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headers } from '@nats-io/nats-core';
import type { NatsHeaders } from './nats-internals.ts';
import { schemaAttributes } from './schema-attributes.ts';

function of(given: Record<string, string>) {
  const made = headers();
  for (const [name, value] of Object.entries(given)) made.set(name, value);
  return schemaAttributes(made as unknown as NatsHeaders);
}

test('a message tells its schema; what is no version or far too long is not taken as it is', () => {
  assert.deepEqual(of({ 'Schema-Id': 'ab', 'Schema-Subject': 'shop', 'Schema-Version': '2' }), {
    'messaging.nats.schema.id': 'ab',
    'messaging.nats.schema.subject': 'shop',
    'messaging.nats.schema.version': 2,
  });
  assert.deepEqual(of({ 'Schema-Subject': 'shop', 'Schema-Version': '2nd' }), {
    'messaging.nats.schema.subject': 'shop',
  });
  assert.deepEqual(of({ 'Schema-Version': '2' }), {});
  assert.equal(
    String(of({ 'Schema-Id': 'x'.repeat(999) })['messaging.nats.schema.id']).length,
    256,
  );
  assert.deepEqual(schemaAttributes(undefined), {});
});
