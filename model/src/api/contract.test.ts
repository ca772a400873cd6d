import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { CONTRACT } from './contract.ts';

test('every parameter of a path is in its schema and the other way round', () => {
  for (const [name, endpoint] of Object.entries(CONTRACT)) {
    const inPath = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    assert.deepEqual(inPath, Object.keys(endpoint.params.shape), name);
  }
});

test('every schema can be written as JSON Schema', () => {
  for (const endpoint of Object.values(CONTRACT)) {
    for (const schema of [endpoint.params, endpoint.query, endpoint.response]) {
      assert.equal(typeof z.toJSONSchema(schema), 'object');
    }
  }
});
