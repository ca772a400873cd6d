import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Import, type Walls, wallViolations } from './wall-violations.ts';

const WALLS: Walls = {
  rows: [
    { folder: 'model/src', may: [], npm: '^$', node: false },
    { folder: 'model/src/api', may: ['model/src'], npm: '^zod$' },
    { folder: 'server/src/api', may: ['model/src', 'server/src/store/store.ts'], npm: '^fastify$' },
    { folder: 'server/src/store', may: ['model/src'], npm: '^$' },
    { folder: 'server/src/config.ts', may: ['model/src'], npm: '^$' },
    { folder: 'bench', may: [''], npm: '.*' },
  ],
  tests: {
    files: String.raw`\.test\.ts$|/testing/|^bench/`,
    may: ['testkit/src/index.ts'],
    npm: '.*',
  },
};

const local = (to: string): Import => ({ kind: 'local', to });
const npm = (to: string): Import => ({ kind: 'npm', to });
const node: Import = { kind: 'node', to: 'fs' };

const CASES: [path: string, found: Import, allowed: boolean][] = [
  ['model/src/ids.ts', local('model/src/time.ts'), true],
  ['model/src/ids.ts', local('model/src/api/trace.ts'), false],
  ['model/src/api/trace.ts', local('model/src/ids.ts'), true],
  ['model/src/ids.ts', node, false],
  ['model/src/ids.test.ts', node, true],
  ['model/src/ids.ts', npm('zod'), false],
  ['model/src/api/trace.ts', npm('zod'), true],
  ['model/src/api/trace.ts', npm('zod-extra'), false],
  ['server/src/api/x.ts', local('server/src/store/store.ts'), true],
  ['server/src/api/x.ts', local('server/src/store/sql.ts'), false],
  ['server/src/api/x.test.ts', local('server/src/store/sql.ts'), true],
  ['server/src/api/x.ts', local('testkit/src/index.ts'), false],
  ['server/src/api/x.test.ts', local('testkit/src/index.ts'), true],
  ['server/src/api/x.test.ts', local('testkit/src/free-port.ts'), false],
  ['server/src/api/x.ts', local('server/src/api/testing/y.ts'), false],
  ['server/src/api/x.ts', node, true],
  ['server/src/api/x.ts', { kind: 'unresolved', to: './gone.ts' }, false],
  ['server/src/config.test.ts', local('server/src/config.ts'), true],
  ['server/src/storeroom/x.ts', local('model/src/ids.ts'), false],
  ['bench/src/x.ts', local('server/src/store/sql.ts'), true],
];

for (const [path, found, allowed] of CASES) {
  test(`${path} ${allowed ? 'may' : 'may not'} import ${found.to}`, () => {
    const violations = wallViolations([{ path, imports: [found] }], WALLS);
    assert.equal(violations.length, allowed ? 0 : 1, violations.join());
  });
}

test('a folder without a row fails, also when it imports nothing', () => {
  const [violation] = wallViolations([{ path: 'server/src/new/x.ts', imports: [] }], WALLS);
  assert.match(violation ?? '', /no row/);
});
