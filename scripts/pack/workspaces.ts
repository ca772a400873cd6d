import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../paths.ts';

interface Manifest {
  name: string;
  version: string;
  exports?: Record<string, string | Record<string, string>>;
  dependencies?: Record<string, string>;
}

/** The repository's own packages. */
export class Workspaces {
  readonly #byFolder: Map<string, Manifest>;

  private constructor(byFolder: Map<string, Manifest>) {
    this.#byFolder = byFolder;
  }

  static async read(): Promise<Workspaces> {
    const root = readJson<{ workspaces: string[] }>('package.json');
    const byFolder = new Map<string, Manifest>();
    for await (const folder of glob(root.workspaces, { cwd: REPOSITORY })) {
      byFolder.set(folder, readJson<Manifest>(`${folder}/package.json`));
    }
    return new Workspaces(byFolder);
  }

  /** Folder of the workspace that a path from the repository's root lies in. */
  folderOf(path: string): string | undefined {
    return [...this.#byFolder.keys()].find((folder) => path.startsWith(`${folder}/`));
  }

  /** Source file behind `@hopline/x/y`, from the repository's root; undefined for foreign packages. */
  resolve(specifier: string): string | undefined {
    for (const [folder, { name, exports }] of this.#byFolder) {
      if (specifier !== name && !specifier.startsWith(`${name}/`)) continue;
      const door = exports?.[`.${specifier.slice(name.length)}`];
      const source = typeof door === 'object' ? door['hopline-source'] : door;
      if (source === undefined) throw new Error(`cannot pack ${specifier}: no such entry`);
      return join(folder, source);
    }
    return undefined;
  }

  /** What the workspaces install from elsewhere, by name. */
  dependencies(folders: Iterable<string>): Record<string, string> {
    const own = new Set([...this.#byFolder.values()].map(({ name }) => name));
    const all = [...folders].flatMap((folder) =>
      Object.entries(this.#byFolder.get(folder)?.dependencies ?? {}),
    );
    return Object.fromEntries(all.filter(([name]) => !own.has(name)).sort());
  }

  version(folder: string): string {
    return this.#byFolder.get(folder)!.version;
  }
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(REPOSITORY, path), 'utf8')) as T;
}
