import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparedVersions, parseSchemaSearch, parseSchemasSearch } from './url.ts';

const VERSIONS = [{ version: 1 }, { version: 2 }, { version: 4 }];

test('the latest is compared with the one before it, unless versions that exist are asked for', () => {
  assert.deepEqual(comparedVersions(VERSIONS, {}), { from: 2, to: 4 });
  assert.deepEqual(comparedVersions(VERSIONS, { version: 2 }), { from: 1, to: 2 });
  assert.deepEqual(comparedVersions(VERSIONS, { base: 4, version: 1 }), { from: 4, to: 1 });
  assert.deepEqual(comparedVersions(VERSIONS, { base: 3, version: 9 }), { from: 2, to: 4 });
  assert.deepEqual(comparedVersions(VERSIONS, { version: 1 }), { from: undefined, to: 1 });
  assert.equal(comparedVersions([], { version: 1 }), undefined);
});

test('what is not valid in an address is dropped', () => {
  assert.deepEqual(parseSchemaSearch({ base: '1', version: -2, look: 'split' }), {
    base: 1,
    look: 'split',
  });
  assert.deepEqual(parseSchemaSearch({ base: 'one', version: 1.5, look: 'x' }), {});
  assert.deepEqual(parseSchemasSearch({ find: 7, sort: '-read' }), { sort: '-read' });
});
