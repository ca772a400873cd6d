import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAuthorized } from './is-authorized.ts';

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

test('only who sends the password, as Bearer or Basic, is let in', () => {
  const password = 'päss:word with 20';
  const token = 'a-token-of-twenty-letters';
  for (const good of [basic(`anybody:${password}`), basic(`:${password}`)]) {
    assert.equal(isAuthorized(good, password), true, good);
  }
  assert.equal(isAuthorized(`bearer  ${token}`, token), true);
  for (const bad of [
    undefined,
    '',
    'Bearer',
    `Digest ${token}`,
    `Bearer ${token}x`,
    basic(token),
    basic(`${token}:`),
    token,
  ]) {
    assert.equal(isAuthorized(bad, token), false, String(bad));
  }
  for (const header of ['Bearer undefined', basic('a:'), basic('a:undefined')]) {
    assert.equal(isAuthorized(header, undefined), false, header);
  }
});
