/** `npm run test:outage`: as the test of the same name, with what takes minutes. */
import { test } from 'node:test';
import { survive } from './survive.ts';

await test('one client through everything, all servers down for 30 s included', async (t) => {
  await survive(t, { allDownMs: 30_000, isLong: true });
});
