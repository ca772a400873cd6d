import type { KV } from '@nats-io/kv';
import { RegistryRefused, SchemaNotFound, toError } from '../errors.ts';
import type { SchemaCache } from './cache.ts';

/** JetStream's "wrong last sequence": somebody else wrote first. */
const WRONG_SEQUENCE = 10071;

export interface Entry<T> {
  value: T;
  /** 0: not in the bucket, only in the cache, or nowhere. */
  revision: number;
}

/** The bucket, and the cache where the bucket cannot be asked. */
export class SchemaStore {
  readonly #bucket: KV | undefined;
  readonly #cache: SchemaCache;

  constructor(bucket: KV | undefined, cache: SchemaCache) {
    this.#bucket = bucket;
    this.#cache = cache;
  }

  /** What never changes: the cache first. */
  async fixed<T>(key: string, what: string): Promise<T> {
    const cached = await this.#cached<T>(key);
    if (cached !== undefined) return cached;
    const found = await this.latest<T>(key, what);
    if (!found) throw new SchemaNotFound(what);
    return found.value;
  }

  /** What changes: the bucket first. Undefined when the bucket says that there is none. */
  async latest<T>(key: string, what: string): Promise<Entry<T> | undefined> {
    let cause: unknown = 'there is no connection';
    if (this.#bucket) {
      try {
        const entry = await this.#bucket.get(key);
        if (entry?.operation !== 'PUT') return undefined;
        const text = entry.string();
        await this.#cache.set(key, text);
        return { value: JSON.parse(text) as T, revision: entry.revision };
      } catch (error) {
        cause = error;
      }
    }
    const cached = await this.#cached<T>(key);
    if (cached !== undefined) return { value: cached, revision: 0 };
    throw new SchemaNotFound(what, { cause: toError(cause) });
  }

  async keys(prefix: string): Promise<string[]> {
    if (!this.#bucket) return (await this.#cache.keys(prefix)).sort();
    try {
      const keys: string[] = [];
      for await (const key of await this.#bucket.keys(`${prefix}>`)) keys.push(key);
      return keys.sort();
    } catch {
      return (await this.#cache.keys(prefix)).sort();
    }
  }

  /** False when somebody else wrote since `revision` (0: the key must not be there). */
  async write(key: string, value: unknown, revision: number): Promise<boolean> {
    if (!this.#bucket) throw new RegistryRefused(key, 'there is no connection');
    const text = JSON.stringify(value);
    try {
      if (revision === 0) await this.#bucket.create(key, text);
      else await this.#bucket.update(key, text, revision);
    } catch (error) {
      if ((error as { code?: unknown }).code === WRONG_SEQUENCE) return false;
      throw error;
    }
    await this.#cache.set(key, text);
    return true;
  }

  async overwrite(key: string, value: unknown): Promise<void> {
    if (!this.#bucket) throw new RegistryRefused(key, 'there is no connection');
    await this.#bucket.put(key, JSON.stringify(value));
  }

  async #cached<T>(key: string): Promise<T | undefined> {
    const text = await this.#cache.get(key);
    try {
      return text === undefined ? undefined : (JSON.parse(text) as T);
    } catch {
      return undefined;
    }
  }
}
