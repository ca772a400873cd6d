import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { ATTR } from '@hopline/model';
import { type NatsServer, startNats, startProcess, tempDir } from '@hopline/testkit';
import { conformanceTable, type RowResult } from './testing/conformance/conformance-table.ts';
import { NODE_UNDER_TEST } from './testing/node-under-test.ts';

/** One row as `rows.mjs` states it. */
export interface ConformanceRow {
  surface: string;
  clients?: string[];
  spans: string[] | Record<string, string[]>;
  body?: string[];
  /** Counted messages, where they are not one a span. */
  sent?: number;
  consumed?: number;
  /** Required besides those of every operation; on the span named by `attributesOf`, or the first. */
  attributes?: string[];
  attributesOf?: string;
}

type Attributes = Record<string, unknown>;

interface Observed {
  spans: string[];
  body: string[];
  metrics: Record<string, number>;
  started: Attributes[];
  attributes: { name: string; attributes: Attributes }[];
}

const HERE = join(import.meta.dirname, 'testing/conformance');
/** Where the applications under test are: an installation of its own, in the matrix. */
const APPS = process.env.HOPLINE_TEST_APPS ?? HERE;
const DOC = join(import.meta.dirname, '../../../docs/instrumentation-conformance.md');
const CLIENTS = ['modern', 'legacy'] as const;
const MODULES = ['mjs', 'cjs'] as const;

/** Required, or conditionally required and always known here; a sampler must see them (conventions). */
const AT_START = [
  ATTR.system,
  ATTR.operationName,
  ATTR.operationType,
  ATTR.serverAddress,
  ATTR.serverPort,
];

// A module without types on purpose: it runs unchanged in the applications under test.
const { rows } = (await import(join(HERE, 'rows.mjs'))) as { rows: ConformanceRow[] };
const results = new Map<string, RowResult>();

for (const client of CLIENTS) {
  for (const module of MODULES) {
    suite(`${client} client in ${module === 'mjs' ? 'an ES module' : 'CommonJS'}`, () => {
      let seen: Record<string, Observed>;
      // Streams have the same names in every run, so each has a server of its own.
      let nats: NatsServer;
      before(async () => {
        nats = await startNats();
        seen = await observe({ client, module, url: nats.url });
      });
      after(() => nats[Symbol.asyncDispose]());

      for (const row of rows.filter(({ clients }) => clients?.includes(client) ?? true)) {
        test(row.surface, () => {
          const observed = seen[row.surface];
          assert.ok(observed, 'the row did not run');
          check(row, observed, client);
          const { ways } = results.get(row.surface) ?? { ways: new Set() };
          ways.add(`${client} ${module}`);
          results.set(row.surface, { ways, metrics: observed.metrics });
        });
      }
    });
  }
}

test('the document shows this table (UPDATE_GOLDENS=1 writes it)', () => {
  const table = conformanceTable(rows, results);
  if (process.env.UPDATE_GOLDENS === '1') writeFileSync(DOC, table);
  assert.equal(readFileSync(DOC, 'utf8'), table);
});

interface Run {
  client: string;
  module: string;
  url: string;
}

async function observe({ client, module, url }: Run): Promise<Record<string, Observed>> {
  await using dir = await tempDir('conformance');
  const seenPath = join(dir.path, 'seen.json');
  await using app = await startProcess({
    name: `${client}-${module}`,
    ...NODE_UNDER_TEST,
    args: ['--import', join(APPS, 'setup.mjs'), join(APPS, `app.${module}`)],
    env: { NATS_URL: url, CLIENT: client, SEEN_PATH: seenPath },
  });
  assert.deepEqual(await app.exited, { code: 0, signal: null }, app.output());
  return JSON.parse(readFileSync(seenPath, 'utf8'));
}

function check(row: ConformanceRow, observed: Observed, client: string): void {
  const spans = (Array.isArray(row.spans) ? row.spans : row.spans[client]) ?? [];
  assert.deepEqual(observed.spans, [...spans].sort());
  if (row.body) assert.deepEqual(observed.body, row.body);
  for (const attributes of observed.started) {
    for (const key of AT_START) assert.ok(key in attributes, `${key} at the start`);
    assert.ok(ATTR.destination in attributes || ATTR.destinationTemplate in attributes);
    assert.equal(attributes[ATTR.system], 'nats');
    assert.equal(typeof attributes[ATTR.serverPort], 'number');
  }
  const named = observed.attributes.find(
    ({ name }) => row.attributesOf === undefined || name === row.attributesOf,
  );
  for (const key of row.attributes ?? []) assert.ok(key in (named?.attributes ?? {}), key);
  assert.deepEqual(observed.metrics, expectedMetrics(row, observed));
}

/** Durations are as many as spans; messages are counted once, however many spans they have. */
function expectedMetrics(row: ConformanceRow, { attributes }: Observed): Record<string, number> {
  const count = (...types: string[]): number =>
    attributes.filter((span) => types.includes(String(span.attributes[ATTR.operationType]))).length;
  const processed = count('process');
  const metrics = {
    'messaging.client.operation.duration': count('send', 'receive', 'settle'),
    'messaging.process.duration': processed,
    'messaging.client.sent.messages': row.sent ?? count('send'),
    'messaging.client.consumed.messages': row.consumed ?? processed,
  };
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => value > 0));
}
