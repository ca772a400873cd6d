import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY, TOOLS } from '../../../scripts/paths.ts';
import { runCommand } from '../../../scripts/run-command.ts';

const PACKAGE = join(REPOSITORY, 'sdk/instrumentation');
const APPLICATIONS = ['conformance', 'apps'].map((name) => join(PACKAGE, 'src/testing', name));
const TIMEOUT_MS = 300_000;

/** What an application has that uses the 3.x line of the OpenTelemetry SDK (Node 22.15 and newer). */
const DEPENDENCIES = {
  '@nats-io/jetstream': '3.4.0',
  '@nats-io/kv': '3.4.0',
  '@nats-io/nats-core': '3.4.0',
  '@nats-io/obj': '3.4.0',
  '@nats-io/services': '3.0.0-25',
  '@nats-io/transport-node': '3.4.0',
  '@opentelemetry/api': '1.10.0',
  '@opentelemetry/auto-instrumentations-node': '0.82.0',
  '@opentelemetry/context-async-hooks': '3.1.1',
  '@opentelemetry/core': '3.1.1',
  '@opentelemetry/sdk-metrics': '3.1.1',
  '@opentelemetry/sdk-trace': '3.1.1',
  fastify: '5.12.8',
  nats: '2.29.3',
  pino: '10.4.0',
};

/**
 * Installs the built instrumentation as a user does, from its archive and with everything in one folder
 * below `.tools`, and copies the applications of the tests there. Answers with that folder.
 */
export async function ownInstallation(): Promise<string> {
  const folder = join(TOOLS, 'otel-sdk-3');
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (name.endsWith('.tgz')) await rm(join(folder, name));
  }
  await npm(['pack', '--pack-destination', folder], PACKAGE);
  const archive = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (!archive) throw new Error(`npm pack left no archive in ${folder}`);
  const dependencies = { ...DEPENDENCIES, '@hopline/instrumentation': `file:${archive}` };
  const manifest = { name: 'otel-sdk-3', private: true, type: 'module', dependencies };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  // Without the lock of the last time, which has the archive as it was then.
  await rm(join(folder, 'package-lock.json'), { force: true });
  await rm(join(folder, 'node_modules/@hopline'), { recursive: true, force: true });
  await npm(['install', '--no-audit', '--no-fund', '--ignore-scripts'], folder);
  for (const source of APPLICATIONS) await cp(source, folder, { recursive: true });
  return folder;
}

async function npm(args: string[], cwd: string): Promise<void> {
  const { code, stderr } = await runCommand('npm', args, { cwd, timeoutMs: TIMEOUT_MS });
  if (code !== 0) throw new Error(`cannot install: npm ${args.join(' ')} failed\n${stderr}`);
}
