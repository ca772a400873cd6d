import { type Connection, connect } from '@hopline/client/connect';
import { pino } from 'pino';
import { onceStopped, STOP_DEADLINE_MS } from '../service/once-stopped.ts';
import type { Service, Worker } from '../service/worker.ts';

/** A service whose connection, publishers and consumers look after themselves. */
export interface ServiceOnClient extends Service {
  connection: Connection;
}

/**
 * As `startService`, on `@hopline/client`: the log tells of every dial and state, a callback that throws
 * does no harm, and one `drain` ends intake, handlers and publishers in this order.
 */
export async function startServiceOnClient(name: string): Promise<ServiceOnClient> {
  const connectionName = process.env.SERVICE_INSTANCE ?? name;
  const log = pino({ name: connectionName });
  const connection = await connect({
    name: connectionName,
    servers: (process.env.NATS_URL ?? 'nats://127.0.0.1:4222').split(','),
    waitOnFirstConnect: true,
    drainTimeoutMs: STOP_DEADLINE_MS,
    log,
  });
  const workers: Worker[] = [];
  onceStopped(async (reason) => {
    log.info({ reason }, 'stopping');
    // What comes from elsewhere than NATS: the gateway's door, the shop's customers.
    for (const worker of workers) await worker.stop();
    await connection.drain();
  }, log);
  return {
    connection,
    nats: connection.nc,
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
      log.info({ server: connection.nc.getServer() }, 'ready');
      process.send?.('ready');
    },
  };
}
