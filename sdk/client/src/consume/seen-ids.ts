import { createHash } from 'node:crypto';
import type { KV } from '@nats-io/kv';

/**
 * Remembers which messages were handled to the end. What is promised: a message that it has is not
 * handled again, on any process that shares the store, for as long as the store remembers. What is not: a
 * process that dies between the end of the handler and `add` leaves no trace, and the message comes again.
 */
export interface SeenIds {
  has(id: string): Promise<boolean>;
  add(id: string): Promise<void>;
}

/** For one process, until it ends: the last `max` ids that were used. */
export function memorySeenIds(options: { max?: number } = {}): SeenIds {
  const { max = 100_000 } = options;
  const ids = new Set<string>();
  const touch = (id: string): void => {
    ids.delete(id);
    ids.add(id);
  };
  return {
    has: async (id) => {
      const known = ids.has(id);
      if (known) touch(id);
      return known;
    },
    add: async (id) => {
      touch(id);
      const [oldest] = ids;
      if (ids.size > max && oldest !== undefined) ids.delete(oldest);
    },
  };
}

/**
 * For all processes, as long as the bucket's `ttl` says. Keys are hashes: an id may be any text. What this
 * process added it knows even while the bucket cannot be written, and writes it when it is asked again.
 */
export function kvSeenIds(bucket: KV, options: { max?: number } = {}): SeenIds {
  const own = memorySeenIds(options);
  const keyOf = (id: string): string => createHash('sha256').update(id).digest('hex');
  const write = async (id: string): Promise<void> => {
    unwritten.add(id);
    await bucket.put(keyOf(id), new Uint8Array());
    unwritten.delete(id);
  };
  const unwritten = new Set<string>();
  return {
    has: async (id) => {
      if (unwritten.has(id)) await write(id);
      if (await own.has(id)) return true;
      return (await bucket.get(keyOf(id)))?.operation === 'PUT';
    },
    add: async (id) => {
      await own.add(id);
      await write(id);
    },
  };
}
