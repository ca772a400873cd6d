import assert from 'node:assert/strict';
import test from 'node:test';
import { type Query, QueryClient } from '@tanstack/react-query';
import { ApiError, nullIfMissing } from './errors.ts';
import { isLive } from './live-query.ts';

async function asked(answer: () => Promise<unknown>, live: unknown): Promise<Query> {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, gcTime: 0 } } });
  const queryKey = ['q'];
  await client.prefetchQuery({ queryKey, queryFn: answer, meta: { live } });
  const query = client.getQueryCache().find({ queryKey });
  assert.ok(query);
  return query;
}

const failing = (status: number) => () =>
  Promise.reject(new ApiError('no', { status, code: 'any' }));

test('what is refused is not asked again, what failed is', async () => {
  assert.equal(isLive(await asked(failing(400), true)), false);
  assert.equal(isLive(await asked(failing(503), true)), true);
  assert.equal(isLive(await asked(failing(0), true)), true);
  assert.equal(isLive(await asked(() => Promise.reject(new Error('odd')), true)), true);
});

test('data decide for themselves', async () => {
  const isOpen = (data: unknown) => data === 'open';
  assert.equal(isLive(await asked(() => Promise.resolve('open'), isOpen)), true);
  assert.equal(isLive(await asked(() => Promise.resolve('done'), isOpen)), false);
  assert.equal(isLive(await asked(() => Promise.resolve('any'), undefined)), false);
});

test('what is not stored yet is an answer: asked again without a loading state between', async () => {
  const query = await asked(
    () => failing(404)().catch(nullIfMissing),
    (data: unknown) => !data,
  );
  assert.equal(query.state.status, 'success');
  assert.equal(isLive(query), true);
  assert.equal(
    (await asked(() => failing(400)().catch(nullIfMissing), true)).state.status,
    'error',
  );
});
