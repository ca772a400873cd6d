import type { Query } from '@tanstack/react-query';
import { ApiError } from './errors.ts';

/**
 * A query takes part in live updates by `meta: { live }`: true, or a test of its own data (a message
 * that is done does not change any more).
 */
export type LiveMeta = { live: boolean | ((data: unknown) => boolean) };

/** True if `query` is to be asked again now that the server stored something. */
export function isLive(query: Query): boolean {
  const { status, error, data } = query.state;
  // What failed is asked again when the server shows that it is alive; what it refused stays refused.
  if (status === 'error') return !(error instanceof ApiError) || error.isTransient;
  const live = (query.meta as LiveMeta | undefined)?.live ?? false;
  return typeof live === 'function' ? live(data) : live;
}
