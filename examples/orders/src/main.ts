import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOrders } from './start-orders.ts';

/** Runs the example alone, against any NATS with JetStream, until Ctrl-C. Settings: README. */
const natsUrls = (process.env.NATS_URL ?? 'nats://127.0.0.1:4222').split(',');
const logDir = process.env.LOG_DIR ?? mkdtempSync(join(tmpdir(), 'orders-'));
const ended = Promise.withResolvers<void>();
process.once('SIGINT', ended.resolve);
process.once('SIGTERM', ended.resolve);

await using orders = await startOrders({
  natsUrls,
  leafUrl: process.env.LEAF_URL ?? null,
  gatewayPort: Number(process.env.GATEWAY_PORT ?? 8080),
  otlpEndpoint: process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? 'http://127.0.0.1:4318',
  preload: process.env.PRELOAD ?? null,
  client: process.env.ORDERS_CLIENT === 'hopline' ? 'hopline' : 'nats.js',
  ratePerSecond: Number(process.env.RATE_PER_SECOND ?? 6),
  logDir,
  onServiceExit: ended.reject,
});
console.log(`gateway ${orders.gatewayUrl}, logs in ${logDir}; Ctrl-C stops everything`);
await ended.promise;
