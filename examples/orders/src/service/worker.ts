import type { NatsConnection } from '@nats-io/nats-core';
import type { Logger } from 'pino';

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
