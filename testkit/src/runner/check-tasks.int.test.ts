import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { REPOSITORY } from '../../../scripts/paths.ts';
import { type TempDir, tempDir } from '../temp-dir.ts';
import { checkTasks } from './check-tasks.ts';
import type { TaskResult } from './task.ts';

/** A repository of three files under this one's rules, in which every check passes. */
const SOUND: Readonly<Record<string, string>> = {
  'package.json': json({ name: 'fixture', type: 'module' }),
  'knip.json': json({ entry: 'server/src/main.ts', project: '{model,server}/**/*.ts' }),
  'model/src/ids.ts': 'export const ID_BYTES = 16;\n',
  'server/src/store/store.ts':
    "import { ID_BYTES } from '../../../model/src/ids.ts';\n\n" +
    'export async function save(): Promise<number> {\n  return await Promise.resolve(ID_BYTES);\n}\n',
  'server/src/main.ts': "import { save } from './store/store.ts';\n\nawait save();\n",
  'web/tsconfig.json': '{ "extends": "../tsconfig.json", "include": ["src"] }\n',
  'web/src/main.ts': 'export {};\n',
};
const RULES = ['biome.json', '.oxlintrc.json', 'tsconfig.json', 'walls.config.cjs', '.gitignore'];

function json(values: Readonly<Record<string, string>>): string {
  return `${JSON.stringify(values, null, 2)}\n`;
}

async function fixture(planted: Readonly<Record<string, string>> = {}): Promise<TempDir> {
  const dir = await tempDir('checks');
  await linkModules(dir.path);
  for (const file of RULES) await copyFile(join(REPOSITORY, file), join(dir.path, file));
  for (const [path, text] of Object.entries({ ...SOUND, ...planted })) {
    await mkdir(dirname(join(dir.path, path)), { recursive: true });
    await writeFile(join(dir.path, path), text);
  }
  return dir;
}

/** Each package by itself: the caches in node_modules are not shared. */
async function linkModules(path: string): Promise<void> {
  const modules = join(REPOSITORY, 'node_modules');
  await mkdir(join(path, 'node_modules'));
  for (const name of await readdir(modules)) {
    if (name === '.cache') continue;
    await symlink(join(modules, name), join(path, 'node_modules', name));
  }
}

async function runCheck(name: string, dir: TempDir): Promise<TaskResult> {
  const task = checkTasks(dir.path).find((found) => found.name === `check: ${name}`);
  assert.ok(task, name);
  return await task.run(new AbortController().signal);
}

test('a sound repository passes every check', async () => {
  await using dir = await fixture();
  for (const task of checkTasks(dir.path)) {
    const { passed, output } = await task.run(new AbortController().signal);
    assert.equal(passed, 1, `${task.name}\n${output}`);
  }
});

const MAIN = SOUND['server/src/main.ts'] ?? '';
const lines = (count: number): string => 'export const x = [\n'.padEnd(19 + count * 5, '  1,\n');

const CASES: [check: string, what: string, planted: Record<string, string>, says: RegExp][] = [
  [
    'types',
    'a value of the wrong type',
    { 'model/src/ids.ts': "export const ID_BYTES: number = '16';\n" },
    /TS2322/,
  ],
  [
    'types of web',
    'a value of the wrong type',
    { 'web/src/main.ts': "export const width: number = '16';\n" },
    /TS2322/,
  ],
  ['format and lint', 'bad format', { 'model/src/ids.ts': 'export const  ID_BYTES=16\n' }, /ormat/],
  [
    'format and lint',
    'a default export',
    { 'model/src/ids.ts': 'export const ID_BYTES = 16;\nexport default ID_BYTES;\n' },
    /noDefaultExport/,
  ],
  [
    'promises and sizes',
    'a floating promise',
    { 'server/src/main.ts': MAIN.replace('await ', '') },
    /no-floating-promises/,
  ],
  [
    'promises and sizes',
    'a promise where none is awaited',
    { 'server/src/main.ts': MAIN.replace('await save();', 'if (save()) console.log(1);') },
    /no-misused-promises/,
  ],
  [
    'promises and sizes',
    'a file of over 400 lines',
    { 'model/src/ids.ts': `${lines(400)}];\nexport const ID_BYTES = 16;\n` },
    /max-lines/,
  ],
  [
    'promises and sizes',
    'four parameters',
    {
      'model/src/ids.ts':
        'export const ID_BYTES = 16;\n' +
        'export function f(a: 1, b: 1, c: 1, d: 1): 1 {\n  return (a * b * c * d) as 1;\n}\n',
    },
    /max-params/,
  ],
  [
    'walls and cycles',
    'an import across a wall, of a type only',
    { 'model/src/ids.ts': `export type { save } from '../../server/src/store/store.ts';\n` },
    /model\/src\/ids.ts imports server\/src\/store\/store.ts/,
  ],
  [
    'walls and cycles',
    'Node in the pure model',
    { 'model/src/ids.ts': "import 'node:fs';\n\nexport const ID_BYTES = 16;\n" },
    /may not use Node/,
  ],
  [
    'walls and cycles',
    'an npm package outside its folder',
    { 'server/src/store/store.ts': "import 'fastify';\n\nexport const save = async () => {};\n" },
    /imports fastify/,
  ],
  [
    'walls and cycles',
    'a folder without a row',
    { 'server/src/elsewhere/x.ts': 'export {};\n' },
    /no row/,
  ],
  [
    'walls and cycles',
    'a cycle',
    {
      'model/src/ids.ts': "export { B } from './b.ts';\n\nexport const ID_BYTES = 16;\n",
      'model/src/b.ts': "import { ID_BYTES } from './ids.ts';\n\nexport const B = ID_BYTES;\n",
    },
    /import cycle/,
  ],
  [
    'unused code',
    'a file that nothing imports',
    { 'model/src/left-over.ts': 'export {};\n' },
    /Unused files/,
  ],
  [
    'unused code',
    'an export that nothing imports',
    { 'model/src/ids.ts': 'export const ID_BYTES = 16;\nexport const LEFT_OVER = 1;\n' },
    /Unused exports/,
  ],
];

for (const [check, what, planted, says] of CASES) {
  test(`${check}: sees ${what}`, async () => {
    await using dir = await fixture(planted);
    const { failed, output } = await runCheck(check, dir);
    assert.equal(failed, 1);
    assert.match(output, says);
  });
}
