import { chmod, copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { aptDownload } from './apt-download.ts';
import { withFileLock } from './file-lock.mjs';
import { TOOLS } from './paths.ts';
import { runCommand } from './run-command.ts';

/** A program that Hopline needs as it is, and every way to get it without root. */
export interface ToolRecipe {
  name: string;
  /** Oldest that will do: major and minor. */
  oldest: readonly [number, number];
  /** `olderPackage`: where older suites have the program. */
  apt: { package: string; binary: string; olderPackage?: string };
  /** Module path with version. */
  go?: string;
  brew: string;
  docker: { image: string; binary: string };
  /** What the reader of the error should do. */
  advice: string;
}

/** Puts the program into the directory and returns its path there, or throws the reason. */
type Fetcher = (recipe: ToolRecipe, directory: string) => Promise<string>;

/** In the order tried: quickest and least intrusive first. */
const FETCHERS: readonly (readonly [string, Fetcher])[] = [
  ['apt', fromApt],
  ['go', fromGo],
  ['brew', fromBrew],
  ['docker', fromDocker],
];

/** Path of the tool: from PATH, else from `.tools`, where it is fetched to when missing. */
export async function findTool(recipe: ToolRecipe): Promise<string> {
  const present = await findPresent(recipe);
  if (present !== undefined) return present;
  return await withFileLock(join(TOOLS, `${recipe.name}.lock`), async () => {
    return (await findPresent(recipe)) ?? (await fetchTool(recipe));
  });
}

async function findPresent(recipe: ToolRecipe): Promise<string | undefined> {
  for (const path of [recipe.name, join(TOOLS, recipe.name)]) {
    if ((await whyUnfit(path, recipe)) === undefined) return path;
  }
  return undefined;
}

async function fetchTool(recipe: ToolRecipe): Promise<string> {
  console.error(`hopline: fetching ${recipe.name} into ${relative(process.cwd(), TOOLS)} ...`);
  const reasons: string[] = [];
  for (const [from, fetcher] of FETCHERS) {
    const directory = await mkdtemp(join(TOOLS, `${recipe.name}-`));
    try {
      const found = await fetcher(recipe, directory);
      const unfit = await whyUnfit(found, recipe);
      if (unfit !== undefined) throw new Error(unfit);
      return await install(found, recipe.name);
    } catch (error) {
      reasons.push(`  ${from}: ${(error as Error).message.replaceAll('\n', '\n    ')}`);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  throw new Error(`cannot get ${recipe.name}: ${recipe.advice}\n${reasons.join('\n')}`);
}

/** By a rename, so that nobody ever runs half a file. */
async function install(found: string, name: string): Promise<string> {
  const path = join(TOOLS, name);
  const next = `${path}.${process.pid}`;
  await mkdir(TOOLS, { recursive: true });
  await copyFile(found, next);
  await chmod(next, 0o755);
  await rename(next, path);
  return path;
}

async function whyUnfit(path: string, { name, oldest }: ToolRecipe): Promise<string | undefined> {
  const { code, stdout, stderr } = await runCommand(path, ['--version'], { timeoutMs: 20_000 });
  if (code !== 0) return `cannot run ${path}: ${stderr.trim() || `code ${code}`}`;
  const version = /v?(\d+)\.(\d+)\.\d+/.exec(stdout + stderr);
  const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
  const [oldestMajor, oldestMinor] = oldest;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return `${name} ${version?.[0] ?? 'of unknown version'} is older than ${oldest.join('.')}`;
}

async function fromApt({ apt }: ToolRecipe, directory: string): Promise<string> {
  const unpacked = await aptDownload(apt.package, directory).catch((error: Error) => {
    if (apt.olderPackage === undefined) throw error;
    return aptDownload(apt.olderPackage, directory);
  });
  return join(unpacked, apt.binary);
}

async function fromGo({ go, name }: ToolRecipe, directory: string): Promise<string> {
  if (go === undefined) throw new Error('cannot be built by `go install`');
  await runOrThrow('go', ['install', go], { GOBIN: directory });
  return join(directory, name);
}

async function fromBrew({ brew, name }: ToolRecipe): Promise<string> {
  await runOrThrow('brew', ['install', '--quiet', brew]);
  const prefix = await runOrThrow('brew', ['--prefix', brew]);
  return join(prefix.trim(), 'bin', name);
}

async function fromDocker({ docker, name }: ToolRecipe, directory: string): Promise<string> {
  const container = (await runOrThrow('docker', ['create', docker.image])).trim();
  try {
    await runOrThrow('docker', ['cp', `${container}:${docker.binary}`, join(directory, name)]);
  } finally {
    await runCommand('docker', ['rm', container]);
  }
  return join(directory, name);
}

async function runOrThrow(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, args, { env });
  if (code === 127) throw new Error(`${command} is not installed`);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.trim()}`);
  return stdout;
}
