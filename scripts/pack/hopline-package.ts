import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { REPOSITORY } from '../paths.ts';
import { sourceTree } from './source-tree.ts';
import { Workspaces } from './workspaces.ts';

const BIN = 'cli/bin/hopline-installed.mjs';
/** Builds that the package `hopline` takes along, as the build left them. */
const BUILDS = ['web/dist', 'sdk/instrumentation/dist'];
/** Builds of Node on npm, for machines whose own is older than what the sources need. */
const NODES = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

/**
 * Writes the package `hopline` into an empty folder: the sources that the command line reaches, as
 * JavaScript (Node strips no types of installed packages), in the folders that they have here.
 */
export async function writeHoplinePackage(folder: string): Promise<void> {
  const workspaces = await Workspaces.read();
  const tree = await sourceTree(['cli/src/main.ts', 'scripts/run-node.mjs', BIN], workspaces);
  for (const [path, code] of tree.modules) await write(folder, path.replace(/\.ts$/, '.js'), code);
  for (const path of tree.files) await write(folder, path, await read(path));
  for (const build of BUILDS)
    await cp(join(REPOSITORY, build), join(folder, build), { recursive: true });
  for (const text of ['LICENSE', 'README.md', 'CHANGELOG.md'])
    await write(folder, text, await read(text));
  await chmod(join(folder, BIN), 0o755);

  const installed = [...tree.workspaces, 'sdk/instrumentation'];
  const manifest = await manifestOf(workspaces, installed);
  await write(folder, 'package.json', `${JSON.stringify(manifest, null, 2)}\n`);
}

async function manifestOf(workspaces: Workspaces, installed: readonly string[]): Promise<object> {
  const root = JSON.parse(String(await read('package.json'))) as {
    devDependencies: { node: string };
  };
  const { node } = root.devDependencies;
  return {
    name: 'hopline',
    version: workspaces.version('cli'),
    license: 'Apache-2.0',
    description: 'Shows where every NATS message went, how long each hop took and what was lost',
    keywords: ['nats', 'jetstream', 'opentelemetry', 'tracing', 'monitoring'],
    type: 'module',
    engines: { node: '>=20' },
    bin: { hopline: BIN },
    dependencies: workspaces.dependencies(installed),
    optionalDependencies: Object.fromEntries(NODES.map((name) => [`node-${name}`, node])),
  };
}

const read = (path: string): Promise<Buffer> => readFile(join(REPOSITORY, path));

async function write(folder: string, path: string, content: string | Buffer): Promise<string> {
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
  return target;
}
