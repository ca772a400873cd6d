import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestUrl } from './client.ts';

test('parameters are filled in and cannot leave their place in the path', () => {
  assert.equal(requestUrl('/api/v1/traces/{traceId}', { traceId: 'ab' }, {}), '/api/v1/traces/ab');
  assert.equal(requestUrl('/a/{id}', { id: '../x?y' }, {}), '/a/..%2Fx%3Fy');
});

test('what is undefined or empty is not asked', () => {
  assert.equal(
    requestUrl('/m', {}, { subject: 'orders.>', text: '', service: undefined, limit: 100 }),
    '/m?subject=orders.%3E&limit=100',
  );
});
