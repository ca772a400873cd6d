import { mkdir, readdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const REASON_SUFFIX = '.reason.txt';

/**
 * The folder of records that the engine will never take, each with the reason beside it. Keeping one
 * twice under the same name is the same as once.
 */
export class SetAside {
  readonly #folder: string;
  readonly #maxRecords: number;
  readonly #names: Set<string>;

  private constructor(folder: string, maxRecords: number, names: Iterable<string>) {
    this.#folder = folder;
    this.#maxRecords = maxRecords;
    this.#names = new Set(names);
  }

  static async open(folder: string, maxRecords: number): Promise<SetAside> {
    await mkdir(folder, { recursive: true });
    const names = (await readdir(folder)).filter((name) => !name.endsWith(REASON_SUFFIX)).sort();
    return new SetAside(folder, maxRecords, names);
  }

  get count(): number {
    return this.#names.size;
  }

  /** Keeps `record`; past the bound the oldest ones go. Returns its path. */
  async keep(name: string, record: Uint8Array, reason: string): Promise<string> {
    const path = join(this.#folder, name);
    await writeFile(path, record);
    await writeFile(`${path}${REASON_SUFFIX}`, `${reason}\n`);
    this.#names.add(name);
    for (const oldest of this.#names) {
      if (this.#names.size <= this.#maxRecords) break;
      this.#names.delete(oldest);
      await unlink(join(this.#folder, oldest)).catch(ignoreMissing);
      await unlink(join(this.#folder, `${oldest}${REASON_SUFFIX}`)).catch(ignoreMissing);
    }
    return path;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
