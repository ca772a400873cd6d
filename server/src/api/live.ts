import type { UnixNs } from '@hopline/model';
import { LIVE_PATH, type LiveEvent } from '@hopline/model/api';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { TooManyClients } from './errors.ts';

/** Rows that can be asked for from now on. */
export type StoredCounts = Partial<Omit<LiveEvent, 'time'>>;

/** Calls `listener` whenever rows became readable, until the returned function is called. */
export type StoredFeed = (listener: (stored: StoredCounts) => void) => () => void;

export interface LiveOptions {
  feed: StoredFeed;
  now: () => UnixNs;
  maxClients: number;
  /** Shortest time between two events. */
  intervalMs?: number;
  /** A comment line keeps proxies from closing a quiet connection. */
  heartbeatMs?: number;
}

const NOTHING = { spans: 0, logs: 0, hops: 0 };

/**
 * Server-sent events at LIVE_PATH. All clients share one timer; an event says how many rows came since
 * the last one. A client that does not read is dropped: it can ask again any time.
 */
export function registerLive(app: FastifyInstance, options: LiveOptions): void {
  const { feed, now, maxClients, intervalMs = 1_000, heartbeatMs = 15_000 } = options;
  const clients = new Set<FastifyReply['raw']>();
  let waiting = { ...NOTHING };

  function send(text: string): void {
    for (const client of clients) {
      if (client.writableNeedDrain) client.destroy();
      else client.write(text);
    }
  }
  const timer = setInterval(() => {
    if (waiting.spans + waiting.logs + waiting.hops === 0) return;
    const event: LiveEvent = { time: String(now()), ...waiting };
    waiting = { ...NOTHING };
    send(`event: stored\ndata: ${JSON.stringify(event)}\n\n`);
  }, intervalMs);
  const heartbeat = setInterval(() => send(': still here\n\n'), heartbeatMs);
  timer.unref();
  heartbeat.unref();
  const leave = feed((stored) => {
    if (clients.size === 0) return;
    waiting.spans += stored.spans ?? 0;
    waiting.logs += stored.logs ?? 0;
    waiting.hops += stored.hops ?? 0;
  });

  app.get(LIVE_PATH, (_request, reply) => {
    if (clients.size >= maxClients) {
      throw new TooManyClients(`cannot open live updates: ${maxClients} clients have them already`);
    }
    const { raw } = reply;
    reply.hijack();
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    raw.write(': connected\n\n');
    clients.add(raw);
    raw.on('close', () => clients.delete(raw));
  });

  // Before the server waits for its connections: these never end by themselves.
  app.addHook('preClose', (done) => {
    leave();
    clearInterval(timer);
    clearInterval(heartbeat);
    for (const client of clients) client.end();
    done();
  });
}
