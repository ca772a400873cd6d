import { randomUUID } from 'node:crypto';
import { jetstream } from '@nats-io/jetstream';
import { trace } from '@opentelemetry/api';
import { fastify } from 'fastify';
import { createDelay } from '../service/delay.ts';
import { ORDER_CREATED } from '../service/names.ts';
import { ORDER_SCHEMA, type Order, type OrderRequest } from '../service/order.ts';
import { startService } from '../service/service.ts';

/** Takes orders over HTTP; an order is accepted once the ORDERS stream holds it. */
const service = await startService('gateway');
const { log } = service;
const delay = createDelay('gateway');
const js = jetstream(service.nats);
const app = fastify({ loggerInstance: log, disableRequestLogging: true, bodyLimit: 64 * 1024 });

app.get('/healthz', () => ({ status: 'ok' }));

app.post<{ Body: OrderRequest }>(
  '/orders',
  { schema: { body: ORDER_SCHEMA } },
  async (req, reply) => {
    const order: Order = { orderId: randomUUID(), ...req.body };
    await delay(2);
    const stored = await js.publish(ORDER_CREATED, JSON.stringify(order), { msgID: order.orderId });
    log.info({ orderId: order.orderId, seq: stored.seq }, `order ${order.orderId} accepted`);
    const traceId = trace.getActiveSpan()?.spanContext().traceId ?? null;
    if (traceId !== null) reply.header('x-trace-id', traceId);
    return reply.code(202).send({ orderId: order.orderId, traceId });
  },
);

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 8080) });
const closed = Promise.withResolvers<void>();
service.add({ stop: () => app.close().then(closed.resolve), done: closed.promise });
service.ready();
