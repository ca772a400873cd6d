import { test } from 'node:test';
import { survive } from './testing/survive.ts';

test('one client through everything: nothing acknowledged is lost, order is kept, effects happen once', async (t) => {
  await survive(t, { allDownMs: 5_000, isLong: false });
});
