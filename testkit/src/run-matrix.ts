/**
 * npm run test:matrix [-- WORD...]: the tests of the built instrumentation whose applications run in other
 * versions of Node, which are fetched once into `.tools`.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBuilt } from '../../scripts/build.ts';
import { findNatsServer } from '../../scripts/nats-server.ts';
import { REPOSITORY, TOOLS } from '../../scripts/paths.ts';
import { runCommand } from '../../scripts/run-command.ts';
import { ownInstallation } from './runner/own-installation.ts';
import { runPhases } from './runner/run-phases.ts';
import { failedOnce, passedOnce, type Task } from './runner/task.ts';

/** The oldest of each line that the package names, and the newest of each line that is alive. */
const VERSIONS = ['18.19.1', '20.6.1', '20.20.2', '22.23.3', '24.21.0'];
/** The 3.x line of the OpenTelemetry SDK needs Node 22.15. */
const SDK_3_VERSIONS = ['22.23.3', '24.21.0'];
const TIMEOUT_MS = 300_000;

await ensureBuilt();
await findNatsServer();
const applications = await ownInstallation();
const tasks = [
  ...VERSIONS.flatMap((version) => [
    taskOf({ version, test: 'conformance.int.test' }),
    // What its applications use besides, fastify 5 and pino 10, has no Node 18.
    ...(version.startsWith('18.') ? [] : [taskOf({ version, test: 'register.int.test' })]),
  ]),
  ...SDK_3_VERSIONS.flatMap((version) => [
    taskOf({ version, test: 'conformance.int.test', applications }),
    taskOf({ version, test: 'installed.long', applications }),
  ]),
];
await runPhases([{ concurrency: 1, tasks }], {
  words: process.argv.slice(2),
  timeoutMs: 60 * 60_000,
});

interface Entry {
  version: string;
  /** Name of its file, without the ending. */
  test: string;
  /** Folder of the applications where they are installed with the SDK 3.x; else the SDK is 2.x. */
  applications?: string;
}

function taskOf({ version, test, applications }: Entry): Task {
  return {
    name: `node ${version}, SDK ${applications ? '3' : '2'}: ${test}`,
    async run() {
      const env = {
        HOPLINE_TEST_NODE: await findNode(version),
        ...(applications ? { HOPLINE_TEST_APPS: applications, OTEL_SDK_LINE: '3' } : {}),
      };
      const file = `sdk/instrumentation/src/${test}.ts`;
      const args = ['--conditions=hopline-source', '--test', '--test-reporter=spec', file];
      const options = { cwd: REPOSITORY, env, timeoutMs: TIMEOUT_MS };
      const { code, stdout, stderr } = await runCommand(process.execPath, args, options);
      return code === 0 ? passedOnce() : failedOnce(stdout + stderr);
    },
  };
}

/** Path of that Node, from the package in which npm has it. */
async function findNode(version: string): Promise<string> {
  const folder = join(TOOLS, 'node', version);
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const path = join(folder, 'node_modules', name, 'bin', 'node');
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  const flags = ['--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { code, stderr } = await runCommand('npm', ['install', ...flags, `${name}@${version}`], {
    timeoutMs: TIMEOUT_MS,
  });
  if (code === 0 && existsSync(path)) return path;
  throw new Error(`cannot get Node ${version}: npm install ${name}@${version} failed\n${stderr}`);
}
