import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutMiddle, wrap } from './terminal-text.ts';

test('lines break between words, and within a word that is longer than a line', () => {
  assert.deepEqual(wrap('no permission to publish', 13), ['no permission', 'to publish']);
  assert.deepEqual(wrap('a $JS.API.INFO.LONG b', 8), ['a', '$JS.API.', 'INFO.LON', 'G b']);
  assert.deepEqual(wrap('short', 5), ['short']);
});

test('the middle of a name goes, both of its ends stay', () => {
  assert.equal(cutMiddle('orders-europe-payment', 11), 'order…yment');
  assert.equal(cutMiddle('short', 11), 'short');
});
