import { glob } from 'node:fs/promises';
import { join } from 'node:path';

export interface TestFiles {
  /** `.test.ts`: need nothing. */
  unit: string[];
  /** `.int.test.ts`: need real servers. */
  integration: string[];
  /** `.e2e.ts`: need everything. */
  endToEnd: string[];
  /** `.long.ts`: each has an npm script of its own. */
  long: string[];
}

/** Absolute paths, sorted. */
export async function findTestFiles(root: string): Promise<TestFiles> {
  const files: TestFiles = { unit: [], integration: [], endToEnd: [], long: [] };
  const skip = (entry: { name: string }): boolean => /^(node_modules|dist|\..*)$/.test(entry.name);
  const pattern = '**/*.{test.ts,test.tsx,e2e.ts,long.ts}';
  for await (const entry of glob(pattern, { cwd: root, withFileTypes: true, exclude: skip })) {
    const path = join(entry.parentPath, entry.name);
    if (path.endsWith('.e2e.ts')) files.endToEnd.push(path);
    else if (path.endsWith('.long.ts')) files.long.push(path);
    else if (/\.int\.test\.tsx?$/.test(path)) files.integration.push(path);
    else files.unit.push(path);
  }
  for (const paths of Object.values(files)) paths.sort();
  return files;
}
