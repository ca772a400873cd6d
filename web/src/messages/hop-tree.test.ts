import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hop } from '@hopline/model/api';
import { hopTree } from './hop-tree.ts';

const hop = (id: string, server: string): Hop => ({ hop: id, server, serverId: server }) as Hop;

test('servers stand in the order of the way, by the numbers of their hop ids', () => {
  const rows = hopTree(
    [hop('1.10', 'e'), hop('1.2', 'd'), hop('2', 'c'), hop('', 'a'), hop('1', 'b')],
    [],
  );
  assert.deepEqual(
    rows.map((row) => `${row.depth} ${row.hop?.server}`),
    ['0 a', '1 b', '2 d', '2 e', '1 c'],
  );
});

test('a server that never reported has its place on the way', () => {
  const rows = hopTree([hop('', 'a'), hop('2', 'c')], ['1', '2.1']);
  assert.deepEqual(
    rows.map((row) => `${row.id}:${row.hop?.server ?? 'missing'}`),
    [':a', '1:missing', '2:c', '2.1:missing'],
  );
});

test('a server that does not trace stands beside those behind it, which report under its id', () => {
  assert.equal(hopTree([hop('1', 'b')], ['1']).length, 2);
});
