import type { ClusterEventRow } from '@hopline/model';
import type { Msg } from '@nats-io/nats-core';
import type { Fields } from '../endpoints/fields.ts';
import { decodeSystemEvent, type SystemServer } from '../endpoints/system-event.ts';
import type { Subscription } from '../transport/connection.ts';

/** What a server announced, and what its heartbeats say. */
export interface ServerSigns {
  server: SystemServer;
  /** Unix ms of the last heartbeat or answer over NATS; null without one. */
  heartbeatMs: number | null;
  announced: 'lame duck' | 'shutdown' | null;
  /** Of the last heartbeat. */
  statsz: Fields;
}

const SUBJECTS = [
  '$SYS.ACCOUNT.*.CONNECT',
  '$SYS.ACCOUNT.*.DISCONNECT',
  '$SYS.SERVER.*.CLIENT.AUTH.ERR',
  '$SYS.SERVER.*.STATSZ',
  '$SYS.SERVER.*.SHUTDOWN',
  '$SYS.SERVER.*.LAMEDUCK',
];
/** Servers that leave for ever under new names must not fill the memory. */
const MAX_SERVERS = 10_000;

/** Listens to the system account: every server of the system is heard, without being counted before. */
export class SystemAccount {
  readonly subscriptions: Subscription[];
  readonly #onEvent: (row: ClusterEventRow) => void;
  readonly #signs = new Map<string, ServerSigns>();

  constructor(onEvent: (row: ClusterEventRow) => void) {
    this.#onEvent = onEvent;
    this.subscriptions = SUBJECTS.map((subject) => ({
      subject,
      onMessage: (message) => this.take(message),
    }));
  }

  /** By server name. */
  get signs(): ReadonlyMap<string, ServerSigns> {
    return this.#signs;
  }

  /** An event, or the answer to a PING. */
  take(message: Msg): void {
    const nowMs = Date.now();
    const time = (BigInt(nowMs) * 1_000_000n).toString();
    const event = decodeSystemEvent(message.subject, message.string(), time);
    if (!event) return;
    if (event.kind === 'connection') {
      this.#onEvent(event.row);
      return;
    }
    const { server } = event;
    const before = this.#signs.get(server.name);
    if (event.kind === 'announced') {
      this.#onEvent(event.row);
      const heartbeatMs = before?.heartbeatMs ?? null;
      this.#set({ server, heartbeatMs, announced: event.what, statsz: before?.statsz ?? {} });
      return;
    }
    // A new id under the old name has started again; the old one may send its last figures while it ends.
    const isSame = before?.server.id === server.id;
    const announced = isSame ? before.announced : null;
    this.#set({ server, heartbeatMs: nowMs, announced, statsz: event.statsz });
  }

  #set(signs: ServerSigns): void {
    if (!this.#signs.has(signs.server.name) && this.#signs.size >= MAX_SERVERS) return;
    this.#signs.set(signs.server.name, signs);
  }
}
