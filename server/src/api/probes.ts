import type { FastifyInstance } from 'fastify';

export interface ProbeAnswer {
  /** 200 or 503. */
  status: number;
  /** JSON: what is well and what is not. */
  body: object;
}

/** What an orchestrator and Prometheus ask; the answers come from the parts. */
export interface Probes {
  /** The process works. */
  health: () => ProbeAnswer;
  /** It can do its work; otherwise the body says what is missing. */
  ready: () => ProbeAnswer;
  /** Prometheus text and its content type. */
  metrics: () => Promise<{ contentType: string; text: string }>;
}

export function registerProbes(app: FastifyInstance, probes: Probes): void {
  app.get('/healthz', async (_request, reply) => {
    const { status, body } = probes.health();
    return await reply.code(status).send(body);
  });
  app.get('/readyz', async (_request, reply) => {
    const { status, body } = probes.ready();
    return await reply.code(status).send(body);
  });
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await probes.metrics();
    return await reply.type(contentType).send(text);
  });
}
