import { subscribe } from 'node:diagnostics_channel';
import { ATTR } from '@hopline/model';
import { trace } from '@opentelemetry/api';

interface FastifyHandlerMessage {
  request?: { method?: string };
  route?: { url?: string };
}

/** Names HTTP server spans of fastify by their route; `node:http` knows only the path. */
export function nameFastifyRoutes(): void {
  subscribe('tracing:fastify.request.handler:start', (message) => {
    const { request, route } = message as FastifyHandlerMessage;
    const span = trace.getActiveSpan();
    if (!span?.isRecording() || !request?.method || !route?.url) return;
    span.setAttribute(ATTR.httpRoute, route.url);
    span.updateName(`${request.method} ${route.url}`);
  });
}
