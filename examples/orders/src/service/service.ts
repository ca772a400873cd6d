import { connect } from '@nats-io/transport-node';
import { pino } from 'pino';
import { onceStopped } from './once-stopped.ts';
import type { Service, Worker } from './worker.ts';

/**
 * Connects to NATS under the service's own name and arranges the stop: on SIGTERM, SIGINT or when the
 * process that started this one is gone, the workers finish what they have, the connection drains, and
 * the process ends by itself. With `ORDERS_CLIENT=hopline` the connection is one of `@hopline/client`.
 */
export async function startService(name: string): Promise<Service> {
  if (process.env.ORDERS_CLIENT === 'hopline') {
    const { startServiceOnClient } = await import('../service-on-client/service-on-client.ts');
    return await startServiceOnClient(name);
  }
  const connectionName = process.env.SERVICE_INSTANCE ?? name;
  const log = pino({ name: connectionName });
  const nats = await connect({
    servers: (process.env.NATS_URL ?? 'nats://127.0.0.1:4222').split(','),
    name: connectionName,
    ...credentials(),
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
  });
  const workers: Worker[] = [];
  onceStopped(async (reason) => {
    log.info({ reason }, 'stopping');
    for (const worker of workers) await worker.stop();
    await Promise.allSettled(workers.map(({ done }) => done));
    await nats.drain();
  }, log);
  return {
    nats,
    log,
    add: (worker) => {
      workers.push(worker);
      worker.done.catch((error: unknown) => {
        log.fatal(error, 'worker failed');
        process.exitCode = 1;
        process.kill(process.pid, 'SIGTERM');
      });
    },
    ready: () => {
      log.info({ server: nats.getServer() }, 'ready');
      process.send?.('ready');
    },
  };
}

/** Of another account than the shop's. */
function credentials(): { user?: string; pass?: string } {
  const { NATS_USER: user, NATS_PASSWORD: pass } = process.env;
  return user === undefined || pass === undefined ? {} : { user, pass };
}
