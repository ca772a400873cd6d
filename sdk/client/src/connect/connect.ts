import {
  type Authenticator,
  connect as connectNats,
  type NatsConnection,
} from '@nats-io/transport-node';
import { ConnectionClosed, ReconnectGaveUp } from '../errors.ts';
import { SILENT } from '../log.ts';
import { findMeter } from '../meter.ts';
import type { Connection } from './connection.ts';
import { measureConnection } from './connection-metrics.ts';
import { rotatingAuthenticator } from './credentials.ts';
import { LiveConnection } from './live-connection.ts';
import { logConnection } from './log-connection.ts';
import { type ConnectOptions, type Settings, withDefaults } from './options.ts';

/**
 * Connects to the first server that answers. Rejects with the client's error when none did, or with
 * `ReconnectGaveUp` when `waitOnFirstConnect` ran out of attempts.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const settings = withDefaults(options, options.log ?? SILENT);
  const live = new LiveConnection(settings);
  const meter = settings.meter ?? (await findMeter());
  live.onEvent(logConnection(settings.log, settings.name));
  if (meter !== undefined) live.onEvent(measureConnection(meter, live));
  if (settings.onEvent !== undefined) live.onEvent(settings.onEvent);
  live.attach(await dial(settings, live));
  return live;
}

async function dial(settings: Settings, live: LiveConnection): Promise<NatsConnection> {
  try {
    return await connectNats({
      ...settings.nats,
      authenticator: authenticators(settings, live),
      servers: [...settings.servers],
      name: settings.name,
      noRandomize: settings.noRandomize,
      timeout: settings.dialTimeoutMs,
      pingInterval: settings.heartbeat.intervalMs,
      maxPingOut: settings.heartbeat.maxUnanswered,
      waitOnFirstConnect: settings.waitOnFirstConnect,
      reconnect: true,
      // Where, when and how often is decided in one place, by `reconnectToServer`; nats.js neither waits
      // by itself nor forgets servers, and two refused logins do not end the connection: the next
      // credentials may be good.
      reconnectDelayHandler: () => 0,
      maxReconnectAttempts: -1,
      ignoreAuthErrorAbort: true,
      reconnectToServer: (pool) => live.nextServer(pool),
    });
  } catch (error) {
    live.failedAtFirst();
    throw error instanceof Error && error.cause instanceof ReconnectGaveUp ? error.cause : error;
  }
}

/**
 * A connection that is closed while nats.js waits before a dial is dialled all the same, and would stay
 * as one that nobody knows. Without an answer to its greeting it ends after the dial's time limit.
 */
function authenticators(settings: Settings, live: LiveConnection): Authenticator[] {
  const { credentials, nats } = settings;
  const gate: Authenticator = () => {
    if (live.state === 'closed') throw new ConnectionClosed(settings.name);
  };
  const given = nats.authenticator ?? [];
  if (credentials === undefined) return [gate, ...(Array.isArray(given) ? given : [given])];
  const rotating = rotatingAuthenticator(credentials, (error) =>
    live.tell({ type: 'credentials failed', error }),
  );
  return [gate, rotating];
}
