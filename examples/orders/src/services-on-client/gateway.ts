import { randomUUID } from 'node:crypto';
import { createPublisher } from '@hopline/client/publish';
import { jetstream } from '@nats-io/jetstream';
import { trace } from '@opentelemetry/api';
import { fastify } from 'fastify';
import { createDelay } from '../service/delay.ts';
import { ORDER_CREATED } from '../service/names.ts';
import { ORDER_SCHEMA, type Order, type OrderRequest } from '../service/order.ts';
import { openOrderMessages } from '../service-on-client/order-messages.ts';
import { startServiceOnClient } from '../service-on-client/service-on-client.ts';

/** A customer waits this long for a cluster that is away; then the answer is "later". */
const PATIENCE_MS = 3_000;

/** Takes orders over HTTP; an order is accepted once the ORDERS stream holds it. */
const service = await startServiceOnClient('gateway');
const { connection, log } = service;
const delay = createDelay('gateway');
const publisher = await createPublisher(connection, {
  jetstream: jetstream(service.nats),
  maxInFlight: 20,
  maxAgeMs: PATIENCE_MS,
  duplicateWindowMs: PATIENCE_MS,
  whenFull: 'drop-newest',
  log,
});
const messages = await openOrderMessages(service.nats);
const app = fastify({ loggerInstance: log, disableRequestLogging: true, bodyLimit: 64 * 1024 });

app.get('/healthz', () => ({ status: connection.state }));

app.post<{ Body: OrderRequest }>(
  '/orders',
  { schema: { body: ORDER_SCHEMA } },
  async (req, reply) => {
    const order: Order = { orderId: randomUUID(), ...req.body };
    await delay(2);
    const message = { subject: ORDER_CREATED, order, messageId: order.orderId };
    const stored = await messages.publish(publisher, message);
    if (stored.outcome !== 'acknowledged') {
      log.warn({ orderId: order.orderId, stored }, `order ${order.orderId} not accepted`);
      return reply.code(503).header('retry-after', '1').send({ outcome: stored.outcome });
    }
    const seq = stored.sequence;
    log.info({ orderId: order.orderId, seq }, `order ${order.orderId} accepted`);
    const traceId = trace.getActiveSpan()?.spanContext().traceId ?? null;
    if (traceId !== null) reply.header('x-trace-id', traceId);
    return reply.code(202).send({ orderId: order.orderId, traceId });
  },
);

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 8080) });
const closed = Promise.withResolvers<void>();
service.add({ stop: () => app.close().then(closed.resolve), done: closed.promise });
service.ready();
