import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { ApiError } from './errors.ts';
import { staleReason } from './stale.ts';

const overload = new ApiError('the store is busy', { status: 503, code: 'store_busy' });
const silence = new ApiError('no answer', { status: 0, code: 'unreachable' });

/** A question that was answered once, and then not. */
async function asked(error: Error, watched: boolean): Promise<string | null> {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  let isAnswered = false;
  const observer = new QueryObserver(client, {
    queryKey: ['servers'],
    queryFn: () => {
      if (isAnswered) throw error;
      isAnswered = true;
      return 'all of them';
    },
  });
  const leave = observer.subscribe(() => undefined);
  await observer.refetch();
  await observer.refetch();
  if (!watched) leave();
  const reason = staleReason(client.getQueryCache().getAll());
  leave();
  client.clear();
  return reason;
}

test('what is shown and could not be asked again is not up to date, and why', async () => {
  assert.equal(await asked(overload, true), 'the store is busy');
});

test('not of what has left the page, nor when the server is silent: that is said of the server', async () => {
  assert.equal(await asked(overload, false), null);
  assert.equal(await asked(silence, true), null);
});
