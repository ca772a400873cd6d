import type { UnixNs } from '@hopline/model';
import {
  type ClusterSnapshot,
  EMPTY_CLUSTER,
  OPENAPI_PATH,
  type StatusResponse,
} from '@hopline/model/api';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Schemas } from '../schemas/schemas.ts';
import type { Database } from '../store/store.ts';
import { allowHosts } from './allowed-hosts.ts';
import { registerConfluent } from './confluent.ts';
import { answerFrameworkError, registerErrors } from './error-answers.ts';
import { registerLive, type StoredFeed } from './live.ts';
import { openApiDocument } from './openapi.ts';
import { type Probes, registerProbes } from './probes.ts';
import { registerRoutes } from './routes.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { registerStaticFiles } from './static-files.ts';

export interface ApiOptions {
  database: Database;
  /** The state of all parts at the moment of the call: body of `GET /api/v1/status`. */
  status: () => StatusResponse;
  /** What the last sweep of the NATS servers said. Default: nothing. */
  cluster?: (() => ClusterSnapshot) | undefined;
  /** The schema registry. Default: none is set. */
  schemas?: Schemas | undefined;
  /** What Confluent's REST API may do. Default `off`. */
  confluentApi?: 'off' | 'read' | 'write' | undefined;
  /** Without one nobody registers there. */
  confluentPassword?: string | undefined;
  /** Answers of `/healthz`, `/readyz` and `/metrics`. */
  probes: Probes;
  /** Tells when rows became readable: source of the live updates. */
  feed: StoredFeed;
  /** Folder with the built web UI; without one a page says how to build it. */
  webDir?: string | undefined;
  /** Of one question to the store (`store.queryTimeoutMs`). */
  queryTimeoutMs: number;
  /** Nothing older is stored (`store.retentionDays`). */
  retentionDays: number;
  /** Age from which a message that nobody took is `unconsumed` (`messages.unconsumedAfterSeconds`). */
  unconsumedAfterNs?: bigint | undefined;
  /** Live connections at once. */
  maxLiveClients: number;
  /** Names this server answers for besides `localhost` and addresses; null: every name. */
  allowedHosts: readonly string[] | null;
  version: string;
  now: () => UnixNs;
  /** Told of every error that is not the client's. */
  onError: (error: unknown, path: string) => void;
}

/**
 * The HTTP server of UI and API, not listening yet: `await app.listen({ host, port })`, later
 * `await app.close()`, which ends the live connections too. It holds no state of its own.
 */
export async function createApi(options: ApiOptions): Promise<FastifyInstance> {
  const { database, status, queryTimeoutMs, retentionDays, now, feed } = options;
  const app = Fastify({
    logger: false,
    // Only GET: a body is nothing we read.
    bodyLimit: 1024,
    // Longer than any header block: the contract, not the router, says what is wrong with an id.
    routerOptions: { maxParamLength: 65_536, ignoreTrailingSlash: true },
    frameworkErrors: (error, _request, reply) => void answerFrameworkError(error, reply),
    forceCloseConnections: 'idle',
  });
  addSecurityHeaders(app);
  allowHosts(app, options.allowedHosts);
  registerErrors(app, options.onError);
  const { cluster = () => EMPTY_CLUSTER, schemas } = options;
  const { unconsumedAfterNs } = options;
  const stored = { database, queryTimeoutMs, retentionDays };
  registerRoutes(app, { ...stored, status, cluster, schemas, now, unconsumedAfterNs });
  if (schemas) {
    const { confluentApi: access = 'off', confluentPassword: password } = options;
    await registerConfluent(app, { schemas, access, password });
  }
  registerLive(app, { feed, now, maxClients: options.maxLiveClients });
  registerProbes(app, options.probes);
  const document = openApiDocument(options.version);
  app.get(OPENAPI_PATH, () => document);
  await registerStaticFiles(app, options.webDir);
  return app;
}
