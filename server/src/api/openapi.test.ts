import assert from 'node:assert/strict';
import test from 'node:test';
import { CONTRACT, LIVE_PATH } from '@hopline/model/api';
import { openApiDocument } from './openapi.ts';

interface Document {
  openapi: string;
  paths: Record<string, { get: Operation }>;
}
interface Operation {
  operationId: string;
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  responses: Record<string, { content: Record<string, { schema: object }> }>;
}

const document = openApiDocument('1.2.3') as Document;

test('every resource of the contract is there, and nothing else', () => {
  assert.equal(document.openapi, '3.1.0');
  const paths = [...Object.values(CONTRACT).map(({ path }) => path), LIVE_PATH];
  assert.deepEqual(Object.keys(document.paths).sort(), paths.sort());
});

test('parameters stand where the contract puts them', () => {
  const { parameters } = document.paths['/api/v1/messages/{messageId}']!.get;
  assert.deepEqual(
    parameters.map(({ name, in: place, required }) => ({ name, place, required })),
    [{ name: 'messageId', place: 'path', required: true }],
  );
  const list = document.paths['/api/v1/messages']!.get.parameters;
  assert.ok(list.every(({ in: place, required }) => place === 'query' && !required));
  const limit = list.find(({ name }) => name === 'limit')?.schema;
  assert.deepEqual(limit, { type: 'integer', minimum: 1, maximum: 1000, default: 100 });
});

test('answers are JSON schemas without references outside the document', () => {
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target);
  assert.deepEqual([...new Set(references)], ['#/components/schemas/Error']);
  const { responses } = document.paths['/api/v1/topology']!.get;
  const schema = responses['200']!.content['application/json']!.schema as { required: string[] };
  assert.deepEqual(schema.required, ['from', 'to', 'nodes', 'edges']);
});
