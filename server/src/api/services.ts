import type { ResponseOf } from '@hopline/model/api';
import { serviceNames } from '../store/store.ts';
import { type ApiContext, askedRange } from './api-context.ts';

const MAX_SERVICES = 1_000;

/** GET /api/v1/services */
export async function getServices(
  context: ApiContext,
  query: { from?: string | undefined; to?: string | undefined },
): Promise<ResponseOf<'services'>> {
  const bounds = askedRange(context, query);
  return { services: await serviceNames(context.database, { ...bounds, limit: MAX_SERVICES }) };
}
