import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../../../scripts/run-command.ts';
import { tempDir } from '../temp-dir.ts';
import type { TaskResult } from './task.ts';

const PROBE = join(import.meta.dirname, 'testing', 'count-file.ts');

async function runSource(source: string): Promise<TaskResult> {
  await using dir = await tempDir('runner');
  const path = join(dir.path, 'some.test.ts');
  await writeFile(path, `import { test, describe } from 'node:test';\n${source}\n`);
  const { stdout, stderr } = await runCommand(process.execPath, [PROBE, path]);
  assert.equal(stderr, '');
  const result = JSON.parse(stdout) as TaskResult & { name: string };
  assert.equal(result.name, 'some.test.ts');
  return result;
}

const FAIL = `test('breaks', () => { throw new Error('on purpose'); });`;

const CASES: [what: string, source: string, expected: [passed: number, failed: number]][] = [
  ['passing tests, suites not counted', `describe('s', () => { test('a'); test('b'); });`, [2, 0]],
  ['one of each', `test('a');\n${FAIL}`, [1, 1]],
  ['a suite that fails by its tests', `describe('s', () => { test('a'); ${FAIL} });`, [1, 1]],
  ['a suite that fails by itself', `describe('s', () => { throw new Error('s'); });`, [0, 1]],
  ['a file that cannot be loaded', `import './gone.ts';`, [0, 1]],
  ['a file that throws', `test('a');\nthrow new Error('at once');`, [0, 1]],
  ['a file that leaves early', `test('a', () => process.exit(0));`, [0, 1]],
  ['a file that hangs', `test('a', () => new Promise((r) => setTimeout(r, 60_000)));`, [0, 1]],
  ['a file without tests', '', [0, 1]],
  [
    'an error after the test',
    `test('a', () => { setTimeout(() => { throw Error('late') }) });`,
    [1, 1],
  ],
];

for (const [what, source, [passed, failed]] of CASES) {
  test(`counts ${what}`, async () => {
    const result = await runSource(source);
    assert.deepEqual([result.passed, result.failed], [passed, failed], result.output);
  });
}

test('a failure shows its message', async () => {
  assert.match((await runSource(FAIL)).output, /on purpose/);
});

test('a skip needs a reason', async () => {
  const named = await runSource(`test('a', { skip: 'no such thing here' });`);
  assert.deepEqual(named.skipped, ['a: no such thing here']);
  assert.deepEqual([named.passed, named.failed], [0, 0]);
  const silent = await runSource(`test('a', { skip: true });`);
  assert.deepEqual([silent.failed, silent.skipped.length], [1, 0]);
});
