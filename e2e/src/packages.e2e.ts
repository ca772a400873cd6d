import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import {
  freePort,
  type ProcessOptions,
  startNats,
  startProcess,
  tempDir,
  waitFor,
} from '@hopline/testkit';

const REPOSITORY = join(import.meta.dirname, '../..');

/** An application as its own author wrote it. */
const APP = `
import { connect } from '@nats-io/transport-node';
const nc = await connect({ servers: process.env.NATS_URL });
nc.subscribe('orders.created', { callback: () => void nc.drain() });
nc.publish('orders.created', '{}');
await nc.closed();
`;

test('what `npm run pack` makes installs elsewhere and shows the message of a plain application', {
  timeout: 400_000,
}, async () => {
  await using dir = await tempDir('packages');
  await run({ name: 'pack', args: [join(REPOSITORY, 'scripts/pack/pack.ts'), dir.path] });
  const archives = (await readdir(dir.path)).map((name) => join(dir.path, name)).sort();
  assert.equal(archives.length, 3, archives.join());
  const archive = (name: string): string => archives.find((path) => path.includes(`/${name}-0.`))!;

  const host = await project(dir.path, 'host', [archive('hopline')]);
  const app = await project(dir.path, 'app', [
    archive('hopline-instrumentation'),
    archive('hopline-client'),
    '@opentelemetry/api@1.9',
    `@nats-io/transport-node@3.4`,
  ]);
  await writeFile(join(app, 'app.mjs'), APP);

  await using nats = await startNats();
  const otlpPort = await freePort();
  await using hopline = await startProcess({
    ...installed(host, [
      ...['up', '--nats', nats.url, '--monitor', nats.monitorUrl],
      ...['--data-dir', join(dir.path, 'data'), '--port', '0'],
      ...['--otlp-http-port', `${otlpPort}`, '--otlp-grpc-port', '0'],
    ]),
    readyLine: /Hopline\s+(http:\/\/127\.0\.0\.1:\d+)/,
    readyTimeoutMs: 60_000,
    stopTimeoutMs: 20_000,
  });
  const url = hopline.ready[1]!;
  assert.match(await (await fetch(url)).text(), /<title>Hopline/, 'the UI came along');

  await using plain = await startProcess({
    name: 'plain-app',
    command: olderNode() ?? process.execPath,
    args: ['--import', '@hopline/instrumentation/register', 'app.mjs'],
    cwd: app,
    env: {
      NATS_URL: nats.url,
      OTEL_SERVICE_NAME: 'plain',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${otlpPort}`,
    },
  });
  assert.equal((await plain.exited).code, 0, plain.output());
  await waitFor(
    async () => {
      await using listing = await startProcess(
        installed(host, ['messages', '--json', '--url', url]),
      );
      assert.equal((await listing.exited).code, 0, listing.output());
      return /"orders\.created"/.test(listing.output()) && /processed/.test(listing.output());
    },
    { message: 'the message of the plain application', timeoutMs: 60_000, intervalMs: 500 },
  );
});

/** A folder with a package.json of its own and these packages. */
async function project(parent: string, name: string, packages: readonly string[]): Promise<string> {
  const folder = join(parent, name);
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, private: true }));
  const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  await run({
    name: `install-${name}`,
    command: 'npm',
    args: ['install', ...flags, ...packages],
    cwd: folder,
  });
  return folder;
}

/** A command of the installed `hopline`, on an older Node where the machine has one. */
const installed = (folder: string, args: readonly string[]) => ({
  name: `installed-${args[0]}`,
  command: olderNode() ?? process.execPath,
  args: [join(folder, 'node_modules/hopline/cli/bin/hopline-installed.mjs'), ...args],
  cwd: folder,
  env: { NO_COLOR: '1' },
});

/** The machine's own Node, if it could not run the sources. */
function olderNode(): string | undefined {
  const folders = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((path) => !path.includes('node_modules'));
  return folders
    .map((folder) => join(folder, 'node'))
    .find((node) => {
      try {
        return (
          Number(execFileSync(node, ['-p', 'process.versions.node']).toString().split('.')[0]) < 24
        );
      } catch {
        return false;
      }
    });
}

async function run(options: ProcessOptions): Promise<void> {
  await using process = await startProcess(options);
  const { code } = await process.exited;
  assert.equal(code, 0, process.output());
}
