import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
} from '@tanstack/react-router';
import { ConsumersPage } from './consumers/page.tsx';
import { parseAccountSearch, parseConsumersSearch } from './consumers/url.ts';
import { parseLatencySearch } from './latency/url.ts';
import { parseMapSearch } from './map/url.ts';
import { parseMessagesSearch } from './messages/url.ts';
import { ConsumerRoute } from './routes/consumer.tsx';
import { LatencyRoute } from './routes/latency.tsx';
import { MessageRoute } from './routes/message.tsx';
import { MessagesRoute } from './routes/messages.tsx';
import { NotFoundRoute } from './routes/not-found.tsx';
import { RootRoute } from './routes/root.tsx';
import { RouteFailure } from './routes/route-failure.tsx';
import { SchemaRoute } from './routes/schema.tsx';
import { SchemasRoute } from './routes/schemas.tsx';
import { parseRangeSearch, parseSearch, RANGE_KEYS, stringifySearch } from './routes/search.ts';
import { ServersRoute } from './routes/servers.tsx';
import { StatusRoute } from './routes/status.tsx';
import { StreamRoute } from './routes/stream.tsx';
import { parseTabSearch } from './routes/tab.ts';
import { TraceRoute } from './routes/trace.tsx';
import { parseSchemaSearch, parseSchemasSearch } from './schemas/url.ts';
import { parseServersSearch } from './servers/url.ts';
import { parseWaterfallSearch } from './traces/url.ts';

const root = createRootRoute({
  component: RootRoute,
  notFoundComponent: NotFoundRoute,
  errorComponent: RouteFailure,
  validateSearch: parseRangeSearch,
  search: { middlewares: [retainSearchParams([...RANGE_KEYS])] },
});

const map = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: parseMapSearch,
  // The graph library is a third of the code and needed here only.
  component: lazyRouteComponent(() => import('./routes/map.tsx'), 'MapRoute'),
});

const messages = createRoute({
  getParentRoute: () => root,
  path: '/messages',
  validateSearch: parseMessagesSearch,
  component: MessagesRoute,
});

const message = createRoute({
  getParentRoute: () => root,
  path: '/messages/$messageId',
  validateSearch: (search: Record<string, unknown>) => ({
    ...parseWaterfallSearch(search),
    ...parseTabSearch(search),
  }),
  component: MessageRoute,
});

const trace = createRoute({
  getParentRoute: () => root,
  path: '/traces/$traceId',
  validateSearch: (search: Record<string, unknown>) => ({
    ...parseWaterfallSearch(search),
    ...parseTabSearch(search),
  }),
  component: TraceRoute,
});

const servers = createRoute({
  getParentRoute: () => root,
  path: '/servers',
  validateSearch: parseServersSearch,
  component: ServersRoute,
});

const consumers = createRoute({
  getParentRoute: () => root,
  path: '/consumers',
  validateSearch: parseConsumersSearch,
  component: ConsumersPage,
});

const consumer = createRoute({
  getParentRoute: () => root,
  path: '/consumers/$stream/$consumer',
  validateSearch: parseAccountSearch,
  component: ConsumerRoute,
});

const stream = createRoute({
  getParentRoute: () => root,
  path: '/streams/$stream',
  validateSearch: parseAccountSearch,
  component: StreamRoute,
});

const latency = createRoute({
  getParentRoute: () => root,
  path: '/latency',
  validateSearch: parseLatencySearch,
  component: LatencyRoute,
});

const schemas = createRoute({
  getParentRoute: () => root,
  path: '/schemas',
  validateSearch: parseSchemasSearch,
  component: SchemasRoute,
});

const schema = createRoute({
  getParentRoute: () => root,
  path: '/schemas/$subject',
  validateSearch: parseSchemaSearch,
  component: SchemaRoute,
});

const status = createRoute({
  getParentRoute: () => root,
  path: '/status',
  component: StatusRoute,
});

const routeTree = root.addChildren([
  map,
  messages,
  message,
  trace,
  latency,
  consumers,
  consumer,
  stream,
  schemas,
  schema,
  servers,
  status,
]);

export function makeRouter() {
  return createRouter({
    routeTree,
    parseSearch,
    stringifySearch,
    defaultPreload: false,
    defaultErrorComponent: RouteFailure,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
