import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureBuilt } from '../build.ts';
import { REPOSITORY } from '../paths.ts';
import { runCommand } from '../run-command.ts';
import { writeHoplinePackage } from './hopline-package.ts';

/** `npm run pack [-- FOLDER]`: what users install, as archives for `npm install`; into dist/ by default. */
const target = resolve(REPOSITORY, process.argv[2] ?? 'dist');

await ensureBuilt();
await mkdir(target, { recursive: true });
for (const name of await readdir(target)) {
  if (/^hopline-.*\.tgz$/.test(name)) await rm(join(target, name));
}
for (const folder of ['sdk/instrumentation', 'sdk/client']) {
  await npmRun(join(REPOSITORY, folder), ['run', 'build']);
  await pack(join(REPOSITORY, folder));
}
const staged = await mkdtemp(join(tmpdir(), 'hopline-package-'));
try {
  await writeHoplinePackage(staged);
  await pack(staged);
} finally {
  await rm(staged, { recursive: true, force: true });
}

/** Prints the archive's path. */
async function pack(folder: string): Promise<void> {
  const stdout = await npmRun(folder, ['pack', '--json', '--pack-destination', target]);
  // npm 12 answers by name, older ones with a list.
  const [packed] = Object.values(JSON.parse(stdout) as Record<string, { filename: string }>);
  console.log(join(target, packed!.filename));
}

async function npmRun(cwd: string, args: readonly string[]): Promise<string> {
  const cli = process.env.npm_execpath;
  const [command, first] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []];
  const { code, stdout, stderr } = await runCommand(
    command,
    [...first, ...args, '--loglevel=error'],
    {
      cwd,
    },
  );
  if (code !== 0) throw new Error(`cannot pack ${cwd}: npm ${args.join(' ')}:\n${stdout}${stderr}`);
  return stdout;
}
