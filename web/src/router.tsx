import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
} from '@tanstack/react-router';
import { parseMapSearch } from './map/url.ts';
import { parseMessagesSearch } from './messages/url.ts';
import { MessageRoute } from './routes/message.tsx';
import { MessagesRoute } from './routes/messages.tsx';
import { NotFoundRoute } from './routes/not-found.tsx';
import { RootRoute } from './routes/root.tsx';
import { RouteFailure } from './routes/route-failure.tsx';
import { parseRangeSearch, parseSearch, RANGE_KEYS, stringifySearch } from './routes/search.ts';
import { StatusRoute } from './routes/status.tsx';
import { parseTabSearch } from './routes/tab.ts';
import { TraceRoute } from './routes/trace.tsx';
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

const status = createRoute({
  getParentRoute: () => root,
  path: '/status',
  component: StatusRoute,
});

const routeTree = root.addChildren([map, messages, message, trace, status]);

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
