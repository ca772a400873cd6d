import type { AnyMethod } from '../kernel/nats-internals.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { hub, type LiveConnection } from '../observers/hub.ts';
import { NATS_CORE, type Surface } from './surface.ts';

/** `NatsConnectionImpl`. */
interface OpenConnection {
  protocol: { subscriptions: { subs: { size: number } } };
  stats(): { inBytes: number; outBytes: number };
  status(): AsyncIterable<{ type: string }> & { stop?(): void };
  closed(): Promise<unknown>;
}

/** Connections and their events, for metrics. No spans: a connection is no operation on a message. */
export const connectSurface: Surface = {
  ...NATS_CORE,
  file: 'lib/nats.js',
  patch: (exports, kernel) =>
    wrapMethod(
      exports.NatsConnectionImpl,
      'connect',
      (original: AnyMethod) =>
        function connect(this: unknown, ...args: unknown[]) {
          const opened: Promise<OpenConnection> = original.apply(this, args);
          return opened.then((nc) => {
            kernel.guard(() => watch(nc, (error) => kernel.report(error)));
            return nc;
          });
        },
    ),
};

function watch(nc: OpenConnection, report: (error: unknown) => void): void {
  const { counts, connections } = hub;
  const live: LiveConnection = {
    state: 'connected',
    stats: () => nc.stats(),
    subscriptions: () => nc.protocol.subscriptions.subs.size,
  };
  counts.connects += 1;
  connections.add(live);
  const events = nc.status();
  follow(events, live).catch(report);
  const closed = (): void => {
    const { inBytes, outBytes } = nc.stats();
    counts.inBytes += inBytes;
    counts.outBytes += outBytes;
    connections.delete(live);
    events.stop?.();
  };
  nc.closed().then(closed, closed).catch(report);
}

/** The names are the same in both clients; unread events would pile up, so all are read. */
async function follow(events: AsyncIterable<{ type: string }>, live: LiveConnection) {
  for await (const { type } of events) {
    if (type === 'disconnect') {
      live.state = 'disconnected';
      hub.counts.disconnects += 1;
    } else if (type === 'reconnect') {
      live.state = 'connected';
      hub.counts.reconnects += 1;
    } else if (type === 'slowConsumer') hub.counts.slowConsumers += 1;
  }
}
