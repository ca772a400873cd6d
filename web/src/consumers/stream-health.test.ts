import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fullness, replicaWords } from './stream-health.ts';
import { parseConsumersSearch } from './url.ts';
import { lagLabel, verdictRank } from './verdict-look.ts';

const replica = (name: string, change: object = {}) => ({
  name,
  isCurrent: true,
  isOffline: false,
  lag: 0,
  silentSeconds: 0,
  ...change,
});
const origin = (change: object) => ({
  name: 'ORDERS',
  kind: 'source' as const,
  lag: 0,
  silentSeconds: 1,
  error: '',
  ...change,
});

test('a stream is as full as its nearer limit; without limits nobody can say', () => {
  assert.equal(fullness({ bytes: 50, maxBytes: 100, messages: 9, maxMessages: 10 }), 0.9);
  assert.equal(fullness({ bytes: 50, maxBytes: -1, messages: 9, maxMessages: -1 }), null);
});

test('the worst of replicas and origins is what is said', () => {
  const words = (replicas: object[], origins: object[] = []) =>
    replicaWords({ replicas, origins } as Parameters<typeof replicaWords>[0]);
  assert.deepEqual(words([]), { tone: 'neutral', words: 'one copy' });
  assert.deepEqual(words([replica('a'), replica('b')]), { tone: 'ok', words: 'all 3 current' });
  const behind = [replica('a', { isCurrent: false, lag: 7 }), replica('b')];
  assert.deepEqual(words(behind), { tone: 'warn', words: 'a behind by 7' });
  assert.equal(words([...behind, replica('c', { isOffline: true })]).words, 'c offline');
  assert.equal(words([], [origin({ lag: 3 })]).words, '3 behind ORDERS');
  assert.equal(words(behind, [origin({ error: 'gone' })]).tone, 'danger');
});

test('a lag that is not exact says so; unknown is not 0', () => {
  assert.equal(lagLabel({ seconds: 2, method: 'exact' }), '2.00 s');
  assert.equal(lagLabel({ seconds: 2, method: 'interpolated' }), '~2.00 s');
  assert.equal(lagLabel({ seconds: null, method: 'unknown' }), '–');
  assert.ok(verdictRank('stalled') > verdictRank('lagging'));
});

test('an address with nonsense is the plain list', () => {
  assert.deepEqual(parseConsumersSearch({ tab: 'x', verdict: 'fine', find: 3, sort: '' }), {});
  assert.deepEqual(parseConsumersSearch({ tab: 'streams', verdict: 'stalled', sort: '-lag' }), {
    tab: 'streams',
    verdict: 'stalled',
    sort: '-lag',
  });
});
