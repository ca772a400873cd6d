import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import {
  type RunningProcess,
  startProcess,
  tempDir,
  waitFor,
  waitForOutput,
} from '@hopline/testkit';
import { REPOSITORY } from './paths.ts';

/** Says what it was started with and which signals came; leaves with 7 at the first SIGTERM. */
const SCRIPT = `
  let interrupts = 0;
  process.on('SIGINT', () => console.log('interrupt', ++interrupts));
  process.on('SIGTERM', () => process.exit(7));
  const condition: string = process.execArgv.join();
  console.log('ready', process.pid, process.version, condition, ...process.argv.slice(2));
  setInterval(() => {}, 1000);`;

interface Bootstrapped extends AsyncDisposable {
  process: RunningProcess;
  scriptPid: number;
}

async function bootstrap(): Promise<Bootstrapped> {
  const dir = await tempDir('bootstrap');
  const script = join(dir.path, 'script.ts');
  await writeFile(script, SCRIPT);
  const bootstrapped = await startProcess({
    name: 'bootstrap',
    command: process.execPath,
    args: [join(REPOSITORY, 'scripts/bootstrap.mjs'), relative(REPOSITORY, script), 'a b', '--c'],
    readyLine: /ready (\d+) (.*)\n/,
  });
  return {
    process: bootstrapped,
    scriptPid: Number(bootstrapped.ready[1]),
    [Symbol.asyncDispose]: async () => {
      await bootstrapped[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

test('runs a script on the pinned Node, with its arguments and its exit code', async () => {
  await using started = await bootstrap();
  assert.match(started.process.ready[2] ?? '', /^v24\.\S+ --conditions=hopline-source a b --c$/);
  assert.deepEqual(await started.process.kill('SIGTERM'), { code: 7, signal: null });
});

test('a signal that reaches bootstrap several times reaches the script once', async () => {
  await using started = await bootstrap();
  // What a terminal, npm and `timeout` do together.
  process.kill(-started.process.pid, 'SIGINT');
  process.kill(started.process.pid, 'SIGINT');
  await waitForOutput(started.process, /interrupt 1/);
  assert.equal((await started.process.kill('SIGTERM')).code, 7);
  assert.doesNotMatch(started.process.output(), /interrupt 2/);
});

test('the script does not outlive bootstrap', async () => {
  await using started = await bootstrap();
  await started.process.kill('SIGKILL');
  await waitFor(() => !isAlive(started.scriptPid), { message: 'the end of the script' });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
