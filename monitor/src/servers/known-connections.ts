import type { ConnectionView } from '@hopline/model/api';
import { connectionWithRates } from './rates-between.ts';

const keyOf = ({ server, cid, startedAt }: ConnectionView): string =>
  `${server}\n${cid}\n${startedAt}`;

/** Why a server closed a connection that did not read fast enough. */
export const isSlow = ({ reason }: Pick<ConnectionView, 'reason'>): boolean =>
  reason.startsWith('Slow Consumer');

/**
 * Connections from sweep to sweep: rates of the open ones; closed ones are kept when the server has
 * forgotten them, the slow ones longest, with what was known while they were open.
 */
export class KnownConnections {
  readonly #maxClosed: number;
  #open = new Map<string, ConnectionView>();
  #openMs = 0;
  #closed = new Map<string, ConnectionView>();

  constructor(maxClosed: number) {
    this.#maxClosed = maxClosed;
  }

  get open(): ConnectionView[] {
    return [...this.#open.values()];
  }

  /** Newest first. */
  get closed(): ConnectionView[] {
    return [...this.#closed.values()];
  }

  take(
    { open, closed }: { open: readonly ConnectionView[]; closed: readonly ConnectionView[] },
    nowMs: number,
  ): void {
    const before = this.#open;
    const seconds = (nowMs - this.#openMs) / 1000;
    this.#open = new Map();
    for (const one of open) {
      const key = keyOf(one);
      this.#open.set(key, connectionWithRates(one, before.get(key), seconds));
    }
    this.#openMs = nowMs;
    for (const one of closed) {
      const key = keyOf(one);
      if (this.#closed.has(key)) continue;
      // The server forgets what a closed connection had subscribed to, and its backlog.
      const last = before.get(key);
      this.#closed.set(key, {
        ...one,
        subjects: one.subjects.length > 0 ? one.subjects : (last?.subjects ?? []),
        pendingBytes: Math.max(one.pendingBytes, last?.pendingBytes ?? 0),
        subscriptions: Math.max(one.subscriptions, last?.subscriptions ?? 0),
      });
    }
    this.#bound();
  }

  #bound(): void {
    const newestFirst = [...this.#closed].sort(([, one], [, other]) =>
      compareTimes(other.stoppedAt, one.stoppedAt),
    );
    const slow = newestFirst.filter(([, one]) => isSlow(one)).slice(0, this.#maxClosed / 2);
    const kept = new Set(slow.map(([key]) => key));
    for (const [key] of newestFirst) {
      if (kept.size >= this.#maxClosed) break;
      kept.add(key);
    }
    this.#closed = new Map(newestFirst.filter(([key]) => kept.has(key)));
  }
}

function compareTimes(one: string | null, other: string | null): number {
  const [left, right] = [BigInt(one ?? 0), BigInt(other ?? 0)];
  return left < right ? -1 : left > right ? 1 : 0;
}
