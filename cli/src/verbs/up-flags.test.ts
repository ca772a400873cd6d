import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toServerInput } from './up-flags.ts';

test('only what was given becomes a setting', () => {
  assert.deepEqual(toServerInput({}), { http: {}, otlp: {}, nats: {}, monitor: {} });
  assert.deepEqual(toServerInput({ nats: ['nats://a'], port: 0, host: '::1', tlsCa: 'ca.pem' }), {
    http: { host: '::1', port: 0 },
    otlp: { host: '::1' },
    nats: { servers: ['nats://a'], tlsCa: 'ca.pem' },
    monitor: {},
  });
});
