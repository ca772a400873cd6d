/** One row of walls.config.cjs: the files under `folder` (or that one file) may import from `may`. */
export interface WallRow {
  folder: string;
  /** Folders or files; the empty string is everything. */
  may: readonly string[];
  /** Regular expression of npm package names. */
  npm: string;
  /** False where Node's own modules are forbidden: code that also runs in a browser. */
  node?: boolean;
}

export interface Walls {
  rows: readonly WallRow[];
  tests: TestWalls;
}

export interface TestWalls {
  /** Regular expression of the paths of tests and of what serves them. */
  files: string;
  /** What they may import besides their workspace and what their folder may; and all of Node. */
  may: readonly string[];
  npm: string;
}

/** One import as it stands in a file, types included. */
export interface Import {
  kind: 'local' | 'npm' | 'node' | 'unresolved';
  /** Path from the root of the repository, name of the npm package, or what was written. */
  to: string;
}

export interface SourceFile {
  path: string;
  imports: readonly Import[];
}

/** What crosses a wall, one sentence each. The row with the longest matching folder counts. */
export function wallViolations(files: readonly SourceFile[], walls: Walls): string[] {
  return files.flatMap((file) => {
    const row = rowOf(file.path, walls.rows);
    if (row === undefined) return [`${file.path}: no row of walls.config.cjs covers it`];
    const isTest = new RegExp(walls.tests.files).test(file.path);
    const rules = { row: isTest ? forTests(row, walls.tests) : row, isTest, walls };
    return file.imports.flatMap((found) => {
      const reason = whyForbidden(found, rules);
      return reason === undefined ? [] : [`${file.path} imports ${found.to}: ${reason}`];
    });
  });
}

function forTests(row: WallRow, tests: TestWalls): WallRow {
  const workspace = row.folder.replace(/\/src.*/, '');
  const may = [...row.may, ...tests.may, workspace];
  return { folder: row.folder, may, npm: `${row.npm}|${tests.npm}` };
}

interface Rules {
  row: WallRow;
  isTest: boolean;
  walls: Walls;
}

function whyForbidden({ kind, to }: Import, rules: Rules): string | undefined {
  const { row } = rules;
  switch (kind) {
    case 'unresolved':
      return 'it leads nowhere';
    case 'node':
      return row.node === false ? `${row.folder} may not use Node` : undefined;
    case 'npm':
      return new RegExp(row.npm).test(to) ? undefined : `${row.folder} may use ${row.npm} only`;
    case 'local':
      return whyForbiddenFile(to, rules);
  }
}

function whyForbiddenFile(to: string, { row, isTest, walls }: Rules): string | undefined {
  if (!isTest && new RegExp(walls.tests.files).test(to)) return 'only tests may import it';
  const own = rowOf(to, walls.rows)?.folder === row.folder;
  if (own || row.may.some((prefix) => isUnder(to, prefix))) return undefined;
  return `${row.folder} may import ${row.may.join(', ') || 'nothing'} only`;
}

/** A test belongs to the row of the file beside it, where that one has a row of its own. */
function rowOf(path: string, rows: readonly WallRow[]): WallRow | undefined {
  const tested = path.replace(/(\.int)?\.test(\.tsx?)$/, '$2');
  return rows
    .filter(({ folder }) => isUnder(tested, folder))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
}

function isUnder(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}
