import type { UnixNs } from '@hopline/model';
import type { StatusResponse } from '@hopline/model/api';
import type { FastifyInstance } from 'fastify';
import type { Database } from '../store/store.ts';
import { createApi } from './create-api.ts';

const PROBE = { status: 200, body: { ok: true } };

/** The API over a database, at a fixed time. */
export const apiAt = (
  database: Database,
  { now, startedAt = now }: { now: UnixNs; startedAt?: UnixNs },
): Promise<FastifyInstance> =>
  createApi({
    database,
    status: () => ({ startedAt: String(startedAt) }) as StatusResponse,
    probes: {
      health: () => PROBE,
      ready: () => PROBE,
      metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: '' }),
    },
    feed: () => () => {},
    // Beside many others an engine may wait long for a core.
    queryTimeoutMs: 120_000,
    retentionDays: 7,
    maxLiveClients: 1,
    allowedHosts: null,
    version: '0.0.0-test',
    now: () => now,
    onError: (error) => console.error(error),
  });
