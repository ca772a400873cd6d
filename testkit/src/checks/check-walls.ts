/** Run in the root of a repository: prints what crosses its walls and its import cycles. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readImports } from './read-imports.ts';
import { type WallRow, type Walls, wallViolations } from './wall-violations.ts';

interface WallsConfig {
  ROWS: readonly WallRow[];
  TESTS: Walls['tests'];
  FOLDERS: readonly string[];
}

const root = process.cwd();
const { ROWS, TESTS, FOLDERS } = createRequire(join(root, 'package.json'))(
  './walls.config.cjs',
) as WallsConfig;

const { files, cycles } = await readImports(FOLDERS.filter((folder) => existsSync(folder)));
const violations = [
  ...wallViolations(files, { rows: ROWS, tests: TESTS }),
  ...cycles.map((names) => `import cycle: ${names.join(' -> ')}`),
];
for (const violation of violations) console.log(violation);
console.log(`${files.length} files, ${violations.length} violations`);
if (violations.length > 0) process.exitCode = 1;
