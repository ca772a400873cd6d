import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Texts by key of the bucket. A cache that fails is as good as empty: it never throws. */
export interface SchemaCache {
  get(key: string): Promise<string | undefined>;
  set(key: string, text: string): Promise<void>;
  keys(prefix: string): Promise<string[]>;
}

/** For one process: the last `max` texts that were used (default 1000). */
export function memoryCache(options: { max?: number } = {}): SchemaCache {
  const { max = 1_000 } = options;
  const texts = new Map<string, string>();
  const touch = (key: string, text: string): void => {
    texts.delete(key);
    texts.set(key, text);
    const [oldest] = texts.keys();
    if (texts.size > max && oldest !== undefined) texts.delete(oldest);
  };
  return {
    get: async (key) => {
      const text = texts.get(key);
      if (text !== undefined) touch(key, text);
      return text;
    },
    set: async (key, text) => touch(key, text),
    keys: async (prefix) => [...texts.keys()].filter((key) => key.startsWith(prefix)),
  };
}

/** One file a key in `folder`, made when missing: a process that starts without NATS knows its schemas. */
export function fileCache(folder: string): SchemaCache {
  const pathOf = (key: string): string => join(folder, `${key}${SUFFIX}`);
  let drafts = 0;
  return {
    get: read,
    set: async (key, text) => {
      if ((await read(key)) === text) return;
      // Others may read, or write the same: a reader sees all of it or nothing.
      const draft = join(folder, `${key}.${process.pid}.${drafts++}.tmp`);
      await mkdir(folder, { recursive: true })
        .then(() => writeFile(draft, text))
        .then(() => rename(draft, pathOf(key)))
        .catch(() => undefined);
    },
    keys: async (prefix) =>
      (await readdir(folder).catch(() => []))
        .filter((name) => name.startsWith(prefix) && name.endsWith(SUFFIX))
        .map((name) => name.slice(0, -SUFFIX.length)),
  };

  function read(key: string): Promise<string | undefined> {
    return readFile(pathOf(key), 'utf8').catch(() => undefined);
  }
}

const SUFFIX = '.json';
