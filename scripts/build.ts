import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withFileLock } from './file-lock.mjs';
import { REPOSITORY, TOOLS } from './paths.ts';
import { runCommand } from './run-command.ts';

/** What must be built before it can be run: all else runs from source. */
interface Product {
  name: string;
  folder: string;
  /** Patterns from the repository's root of everything that ends up in the output. */
  sources: readonly string[];
  output: string;
  /** Run in `folder`; must leave the output as a whole. */
  command: readonly string[];
}

const PRODUCTS: readonly Product[] = [
  {
    name: 'instrumentation',
    folder: 'sdk/instrumentation',
    sources: ['sdk/instrumentation/{src/**/*.ts,package.json,build.mjs}', 'model/src/**/*.ts'],
    output: 'sdk/instrumentation/dist',
    command: ['build.mjs'],
  },
  {
    name: 'web',
    folder: 'web',
    sources: [
      'web/{src,public}/**/*',
      'web/{index.html,package.json,vite.config.ts,tsconfig.json}',
      'model/src/**/*.ts',
    ],
    output: 'web/dist',
    command: ['../node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'],
  },
];

/** Builds what changed since it was last built; a few milliseconds when nothing did. */
export async function ensureBuilt(): Promise<void> {
  for (const product of PRODUCTS) {
    if (await isFresh(product)) continue;
    await withFileLock(join(TOOLS, `build-${product.name}.lock`), async () => {
      if (!(await isFresh(product))) await build(product);
    });
  }
}

async function isFresh(product: Product): Promise<boolean> {
  if (!existsSync(join(REPOSITORY, product.output))) return false;
  const stamp = await readFile(stampPath(product), 'utf8').catch(() => '');
  return stamp === (await digest(product));
}

/** The stamp is written last: an interrupted build is done again. */
async function build(product: Product): Promise<void> {
  console.error(`hopline: building ${product.name} ...`);
  const before = await digest(product);
  await rm(stampPath(product), { force: true });
  const { code, stdout, stderr } = await runCommand(process.execPath, product.command, {
    cwd: join(REPOSITORY, product.folder),
  });
  if (code !== 0) throw new Error(`cannot build ${product.name}:\n${stdout}${stderr}`);
  await mkdir(dirname(stampPath(product)), { recursive: true });
  const next = `${stampPath(product)}.${process.pid}`;
  await writeFile(next, before);
  await rename(next, stampPath(product));
}

function stampPath({ name }: Product): string {
  return join(REPOSITORY, 'node_modules', '.cache', 'hopline', `${name}.sha256`);
}

async function digest({ sources }: Product): Promise<string> {
  const paths: string[] = [];
  for await (const entry of glob(sources, { cwd: REPOSITORY, withFileTypes: true })) {
    if (entry.isFile() && !/\.test\.tsx?$/.test(entry.name)) {
      paths.push(join(entry.parentPath, entry.name));
    }
  }
  const hash = createHash('sha256');
  for (const path of paths.sort())
    hash
      .update(path)
      .update('\0')
      .update(await readFile(path));
  return hash.digest('hex');
}
