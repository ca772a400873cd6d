import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * One segment file while it grows. Writes go to known positions, so a failed write leaves at most a
 * torn tail past `sizeBytes`, which is cut off at once, or overwritten by the next write, or cut off by
 * `seal`.
 */
export class JournalFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #fsync: boolean;
  #sizeBytes = 0;
  #torn = false;
  #closed = false;

  private constructor(path: string, handle: FileHandle, fsync: boolean) {
    this.path = path;
    this.#handle = handle;
    this.#fsync = fsync;
  }

  static async create(path: string, fsync: boolean): Promise<JournalFile> {
    const handle = await open(path, 'wx');
    if (fsync) await syncFolder(dirname(path));
    return new JournalFile(path, handle, fsync);
  }

  /** Bytes that were written whole. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** All of `chunks`, or nothing and a throw. One call at a time. */
  async append(chunks: readonly Uint8Array[]): Promise<void> {
    let pending = chunks;
    let position = this.#sizeBytes;
    try {
      while (pending.length > 0) {
        const { bytesWritten } = await this.#handle.writev(pending, position);
        if (bytesWritten === 0) throw new Error('the disk took no bytes');
        position += bytesWritten;
        pending = rest(pending, bytesWritten);
      }
      if (this.#fsync) await this.#handle.datasync();
    } catch (error) {
      this.#torn = true;
      await this.#cutTail().catch(() => {});
      throw error;
    }
    this.#sizeBytes = position;
  }

  /** Closes the file and gives it its final name. May be tried again. */
  async seal(path: string): Promise<void> {
    if (this.#torn) await this.#cutTail();
    await this.#close();
    await rename(this.path, path);
    if (this.#fsync) await syncFolder(dirname(path));
  }

  /** Closes and deletes the file. May be tried again. */
  async discard(): Promise<void> {
    await this.#close();
    await unlink(this.path);
  }

  async #close(): Promise<void> {
    if (!this.#closed) await this.#handle.close();
    this.#closed = true;
  }

  async #cutTail(): Promise<void> {
    await this.#handle.truncate(this.#sizeBytes);
    this.#torn = false;
  }
}

/** What is left of `chunks` after the first `written` bytes. */
function rest(chunks: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written;
  let index = 0;
  while (index < chunks.length && skip >= chunks[index]!.length) skip -= chunks[index++]!.length;
  const left = chunks.slice(index);
  if (skip > 0) left[0] = left[0]!.subarray(skip);
  return left;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
