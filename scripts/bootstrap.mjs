/**
 * node scripts/bootstrap.mjs SCRIPT ARGS...: makes a fresh clone runnable, then runs SCRIPT on the pinned
 * Node. Plain JavaScript for whatever Node (20 or newer) the machine has.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFileLock } from './file-lock.mjs';
import { runNode } from './run-node.mjs';

const OLDEST_NODE = 20;
const repository = fileURLToPath(new URL('..', import.meta.url));
const modules = join(repository, 'node_modules');
const binaries = join(modules, '.bin');
const pinnedNode = join(binaries, 'node');

async function main([script, ...args]) {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    throw new Error(
      `cannot run on Node ${process.versions.node}: install Node ${OLDEST_NODE} or newer`,
    );
  }
  if (script === undefined)
    throw new Error('cannot run nothing: node scripts/bootstrap.mjs SCRIPT ARGS...');
  await installDependencies();
  runNode(pinnedNode, ['--conditions=hopline-source', join(repository, script), ...args], {
    ...process.env,
    PATH: `${binaries}${delimiter}${process.env.PATH ?? ''}`,
  });
}

async function installDependencies() {
  if (isInstalled() && hasPinnedNode()) return;
  await withFileLock(join(repository, '.tools', 'install.lock'), () => {
    if (!isInstalled()) {
      console.error('hopline: installing dependencies ...');
      // Not `npm ci`: it refuses a lock file that lacks the builds of some foreign platform.
      npm(['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
    }
    // Where install scripts are switched off, the `node` package has not fetched its binary.
    if (!hasPinnedNode()) {
      console.error(`hopline: installing Node ${pinnedVersion()} into node_modules ...`);
      run(process.execPath, ['installArchSpecificPackage.js'], join(modules, 'node'));
    }
    if (!hasPinnedNode())
      throw new Error(`cannot run ${pinnedNode}: it is not Node ${pinnedVersion()}`);
  });
}

/** Compares the lock file with npm's own record of what it put into node_modules. */
function isInstalled() {
  const wanted = readPackages(join(repository, 'package-lock.json'));
  const present = readPackages(join(modules, '.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
    const found = present[path];
    // Builds for other platforms, and what only an older npm leaves out, may be missing.
    if (found === undefined) return Boolean(entry.optional || entry.devOptional || entry.peer);
    return entry.link ? true : found.version === entry.version;
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function pinnedVersion() {
  return JSON.parse(readFileSync(join(modules, 'node', 'package.json'), 'utf8')).version;
}

function hasPinnedNode() {
  if (!existsSync(pinnedNode)) return false;
  const { stdout } = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' });
  return stdout?.trim() === `v${pinnedVersion()}`;
}

function npm(args) {
  // Under `npm run` this is the npm that the user called.
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) run(process.execPath, [cli, ...args], repository);
  else run('npm', args, repository);
}

function run(command, args, cwd) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return;
  throw new Error(
    `cannot run ${command} ${args.join(' ')}:\n${error?.message ?? `${stdout}${stderr}`}`,
  );
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`hopline: ${error.message}`);
  process.exitCode = 1;
}
