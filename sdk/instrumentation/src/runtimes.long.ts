/**
 * npm run test:runtimes: `instrument(nc)` of a bundled application in Deno and Bun, whose npm packages are fetched
 * once into `.tools`. Each is skipped, and says so, where its package cannot be had.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startNats, startProcess, tempDir } from '@hopline/testkit';
import { bundleApplication } from './testing/bundle-application.ts';

const RUNTIMES = [
  { name: 'deno', version: '2.9.6', args: ['run', '-A'] },
  { name: 'bun', version: '1.4.5', args: ['run'] },
];
const TIMEOUT_MS = 180_000;
const TOOLS = join(import.meta.dirname, '../../../.tools');
const run = promisify(execFile);

for (const { name, version, args } of RUNTIMES) {
  test(`${name} ${version}: the same spans as in Node, active in handlers and loops`, async (t) => {
    const binary = await findRuntime(name, version);
    if (!binary) {
      t.skip(`SKIPPED: npm has no ${name}@${version} for this machine; nothing was tested`);
      return;
    }
    await using dir = await tempDir(name);
    const script = await bundleApplication(dir.path);
    const seen = await outputOf(binary, [...args, script]);
    assert.deepEqual(seen.active, ['process b.ask', 'process b.loop', 'process b.stored']);
    assert.deepEqual(seen, await outputOf(process.execPath, [script]));
  });
}

/** What the application prints, with a server of its own. */
async function outputOf(command: string, args: string[]): Promise<{ active: string[] }> {
  await using nats = await startNats();
  await using app = await startProcess({
    name: 'bundled',
    command,
    args,
    env: { NATS_URL: nats.url },
  });
  assert.deepEqual(await app.exited, { code: 0, signal: null }, app.output());
  return JSON.parse(app.output());
}

/** Path of that runtime, from the package in which npm has it. */
async function findRuntime(name: string, version: string): Promise<string | undefined> {
  const folder = join(TOOLS, name, version);
  const path = join(folder, 'node_modules', '.bin', name);
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  // Its install script puts the binary in its place.
  const flags = ['--prefix', folder, '--no-save', '--no-audit', '--no-fund'];
  try {
    await run('npm', ['install', ...flags, `${name}@${version}`], { timeout: TIMEOUT_MS });
    await run(path, ['--version'], { timeout: TIMEOUT_MS });
    return path;
  } catch {
    return undefined;
  }
}
