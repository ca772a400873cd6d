import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type Logger, pino } from 'pino';

/** Longest orderly stop: what is still running after it is cut off. */
const STOP_DEADLINE_MS = 5_000;

/** A part of a service that takes work: `stop` ends the intake, `done` settles when the rest is handled. */
export interface Worker {
  stop: () => unknown;
  done: Promise<unknown>;
}

export interface Service {
  nats: NatsConnection;
  log: Logger;
  /** Keeps the service alive until `worker` is done and stops it on SIGTERM. */
  add(worker: Worker): void;
  /** Tells whoever started this process that it takes work now. */
  ready(): void;
}

/**
 * Connects to NATS under the service's own name and arranges the stop: on SIGTERM, SIGINT or when the
 * process that started this one is gone, the workers finish what they have, the connection drains, and
 * the process ends by itself.
 */
export async function startService(name: string): Promise<Service> {
  const connectionName = process.env.SERVICE_INSTANCE ?? name;
  const log = pino({ name: connectionName });
  const nats = await connect({
    servers: (process.env.NATS_URL ?? 'nats://127.0.0.1:4222').split(','),
    name: connectionName,
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

function onceStopped(stop: (reason: string) => Promise<void>, log: Logger): void {
  let stopping = false;
  const begin = (reason: string) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    stop(reason)
      .catch((error: unknown) => log.error(error, 'cannot stop in order'))
      .finally(() => {
        if (process.connected) process.disconnect();
      });
  };
  process.once('SIGTERM', () => begin('SIGTERM'));
  process.once('SIGINT', () => begin('SIGINT'));
  if (process.connected) process.once('disconnect', () => begin('parent is gone'));
}
