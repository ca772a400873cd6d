import type { NodeConnectionOptions } from '@nats-io/transport-node';
import type { Meter } from '@opentelemetry/api';
import type { Log } from '../log.ts';
import { type Backoff, exponentialFullJitter, guardedBackoff } from './backoff.ts';
import type { ConnectionListener } from './connection-event.ts';
import type { CredentialsSource } from './credentials.ts';

export interface ConnectOptions {
  /** `host:port` or `nats://host:port`. One is enough: the others are learnt from the cluster. */
  servers: string | readonly string[];
  /** Shown by the servers' monitoring, in log lines and in metrics. */
  name: string;
  /** Keep the order of `servers`: the first that answers is used. Default false. */
  noRandomize?: boolean;
  /** Default `exponentialFullJitter()`: from 0–100 ms to 0–10 s. */
  backoff?: Backoff;
  /** Dials of one outage, all servers together, before the connection closes. Default: no limit. */
  maxAttempts?: number;
  /** A connection that holds for less does not reset the backoff. Default 5 000. */
  stableMs?: number;
  /** When no server answers at first: go on as in an outage, instead of rejecting. Default false. */
  waitOnFirstConnect?: boolean;
  /** A silent connection is given up after `intervalMs * (maxUnanswered + 1)`. Default 15 s and 2. */
  heartbeat?: { intervalMs?: number; maxUnanswered?: number };
  /** Until a dialled server must have answered. Default 5 000. */
  dialTimeoutMs?: number;
  credentials?: CredentialsSource;
  /** Move to another server as soon as this one says that it shuts down. Default true. */
  leaveLameDuck?: boolean;
  /** Drain when the process gets one of these. Default none. */
  drainOn?: readonly NodeJS.Signals[];
  /** Until a drain ends in a close. Default 10 000. */
  drainTimeoutMs?: number;
  /** Default: none. */
  log?: Log;
  /** Default: the global one of `@opentelemetry/api`, where that is installed. */
  meter?: Meter;
  /** Hears everything from the first dial on. */
  onEvent?: ConnectionListener;
  /** Anything else of nats.js: TLS, inbox prefix. What this package sets itself wins. */
  nats?: NodeConnectionOptions;
  /** For tests: `[0, 1)`. */
  random?: () => number;
}

export type Settings = Required<Omit<ConnectOptions, 'meter' | 'credentials' | 'onEvent'>> &
  Pick<ConnectOptions, 'meter' | 'credentials' | 'onEvent'> & {
    heartbeat: { intervalMs: number; maxUnanswered: number };
    servers: readonly string[];
  };

export function withDefaults(options: ConnectOptions, log: Log): Settings {
  const { intervalMs = 15_000, maxUnanswered = 2 } = options.heartbeat ?? {};
  return {
    noRandomize: false,
    maxAttempts: Number.POSITIVE_INFINITY,
    stableMs: 5_000,
    waitOnFirstConnect: false,
    dialTimeoutMs: 5_000,
    leaveLameDuck: true,
    drainOn: [],
    drainTimeoutMs: 10_000,
    nats: {},
    random: Math.random,
    ...options,
    backoff: guardedBackoff(options.backoff ?? exponentialFullJitter(), log),
    log,
    heartbeat: { intervalMs, maxUnanswered },
    servers: typeof options.servers === 'string' ? [options.servers] : [...options.servers],
  };
}
