import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { unixNs } from '@hopline/model';
import {
  CONTRACT,
  type EndpointName,
  type MessageResponse,
  type ResponseOf,
  type StageOrTotal,
} from '@hopline/model/api';
import type { FastifyInstance } from 'fastify';
import { type TemporaryDatabase, temporaryDatabase } from '../store/chdb/temporary-database.ts';
import { apiAt } from './api-fixture.ts';
import { storeStory } from './story-fixture.ts';

const BEGIN = unixNs(BigInt(Date.now()) * 1_000_000n);
const NOW = unixNs(BEGIN + 120_000_000_000n);

let store: TemporaryDatabase;
let app: FastifyInstance;

before(async () => {
  store = await temporaryDatabase({ queryTimeoutMs: 120_000 });
  await storeStory(store.database, { folder: store.dataDir, begin: BEGIN });
  app = await apiAt(store.database, { now: NOW, startedAt: BEGIN });
});
after(async () => {
  await app?.close();
  await store?.[Symbol.asyncDispose]();
});

/** Asks, and holds the answer against the contract. */
async function ask<Name extends EndpointName>(name: Name, path: string): Promise<ResponseOf<Name>> {
  const response = await app.inject(path);
  assert.equal(response.statusCode, 200, response.body);
  const body = response.json();
  assert.deepEqual(CONTRACT[name].response.parse(body), body, 'fields outside the contract');
  return body as ResponseOf<Name>;
}

/** Stage by stage what the page of each message says: concluded from its spans, one by one. */
async function stagesOfMessages(): Promise<string[]> {
  const { messages } = await ask('messages', '/api/v1/messages?limit=1000');
  const told: string[] = [];
  for (const { id } of messages) {
    const message = await ask('message', `/api/v1/messages/${id}`);
    told.push(...stagesOfMessage(message));
  }
  return told.sort();
}

function stagesOfMessage(message: MessageResponse): string[] {
  return message.deliveries.flatMap((delivery) =>
    delivery.attemptList.flatMap(({ spanId, number, stages }) =>
      stages
        .filter(({ duration }) => duration !== null)
        .map(({ name, duration, provenance }) =>
          [message.id, delivery.service, number, spanId, name, duration, provenance].join(' '),
        ),
    ),
  );
}

const NAMES: readonly StageOrTotal[] = [
  'send',
  'broker',
  'store',
  'queue',
  'deliver',
  'transit',
  'buffer',
  'process',
  'settle',
];

async function stagesOfPaths(): Promise<string[]> {
  const told: string[] = [];
  for (const stage of NAMES) {
    const path = `/api/v1/latency/slowest?stage=${stage}&attempts=all&limit=500`;
    const { deliveries } = await ask('slowest', path);
    for (const { messageId, consumer, attempt, handlerSpanId, ...rest } of deliveries) {
      const { duration, provenance } = rest;
      told.push(
        [messageId, consumer, attempt, handlerSpanId, stage, duration, provenance].join(' '),
      );
    }
  }
  return told.sort();
}

test('the stages of paths are those of their messages, one by one', async () => {
  const expected = await stagesOfMessages();
  assert.ok(expected.length > 20, String(expected.length));
  assert.deepEqual(await stagesOfPaths(), expected);
});

test('messages by the time of a stage: those whose page says so', async () => {
  const told = (await stagesOfMessages()).map((line) => line.split(' '));
  const found = async (query: string): Promise<string[]> => {
    const { messages } = await ask('messages', `/api/v1/messages?${query}`);
    return messages.map(({ id }) => id).sort();
  };
  const expected = (stage: string, wanted: (duration: bigint) => boolean): string[] => {
    const lines = told.filter((line) => line[4] === stage && wanted(BigInt(line[5] ?? '0')));
    return [...new Set(lines.map(([id = '']) => id))].sort();
  };
  for (const stage of ['queue', 'process']) {
    const all = expected(stage, () => true);
    assert.ok(all.length > 0, stage);
    assert.deepEqual(await found(`stage=${stage}`), all);
    const lengths = told.filter((line) => line[4] === stage).map((line) => Number(line[5]));
    const shortest = Math.min(...lengths);
    const bound = BigInt(Math.min(...lengths.filter((length) => length > shortest)));
    const least = expected(stage, (duration) => duration >= bound);
    assert.deepEqual(await found(`stage=${stage}&min=${bound}`), least);
    const less = expected(stage, (duration) => duration < bound);
    assert.deepEqual(await found(`stage=${stage}&max=${bound}`), less);
    assert.ok(least.length < all.length || less.length < all.length, stage);
  }
  const { messages } = await ask('messages', '/api/v1/messages?limit=1000');
  const slow = messages.filter(({ total }) => total !== null && BigInt(total) >= 20_000_000n);
  assert.ok(slow.length > 0 && slow.length < messages.length);
  assert.deepEqual(await found('min=20000000'), slow.map(({ id }) => id).sort());
});

test('messages by a stage come in pages, and other filters hold beside it', async () => {
  const whole = await ask('messages', '/api/v1/messages?stage=process');
  const paged: string[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const cursor: string = next === '' ? '' : `&cursor=${next}`;
    const page: ResponseOf<'messages'> = await ask(
      'messages',
      `/api/v1/messages?stage=process&limit=1${cursor}`,
    );
    paged.push(...page.messages.map(({ id }) => id));
    assert.ok(paged.length <= whole.messages.length, 'endless pages');
    next = page.next;
  }
  assert.deepEqual(
    paged,
    whole.messages.map(({ id }) => id),
  );
  const poison = await ask('messages', '/api/v1/messages?stage=process&outcome=dead-lettered');
  assert.equal(poison.messages.length, 1);
  const refused = await app.inject('/api/v1/messages?stage=process&min=-5');
  assert.equal(refused.statusCode, 400);
  const other = await app.inject('/api/v1/messages?stage=waiting');
  assert.equal(other.statusCode, 400);
});

test('paths: first attempts and redeliveries apart, with the stage that takes most', async () => {
  const { paths } = await ask('paths', '/api/v1/paths');
  assert.deepEqual(
    paths.map(({ producer, subject, consumer, deliveries, redeliveries, errors, slowest }) => [
      `${producer} ${subject} ${consumer}`,
      [deliveries, redeliveries, errors],
      slowest?.stage,
    ]),
    [
      ['gateway orders.created payment', [2, 3, 4], 'process'],
      ['payment fraud.check fraud', [1, 0, 0], 'process'],
      ['payment payments.captured inventory', [1, 0, 0], 'process'],
    ],
  );
  const [orders] = paths;
  assert.equal(orders?.total?.max, '58000000');
  // Over the two minutes since the first span, not over the 15 that were asked for.
  assert.equal(orders?.ratePerSecond, 2 / 120);
  // Nothing is rolled here; what is counted: store/rollups/unhandled.int.test.ts.
  assert.deepEqual((await ask('paths', '/api/v1/paths?unhandled=true')).unhandled, []);
  const filtered = await ask('paths', '/api/v1/paths?consumer=fraud');
  assert.deepEqual(
    filtered.paths.map(({ consumer }) => consumer),
    ['fraud'],
  );
});

const ORDERS = 'producer=gateway&subject=orders.created&consumer=payment';

test('latency: the stages of a delivery add up to its total', async () => {
  const answer = await ask('latency', '/api/v1/latency?consumer=inventory');
  const sum = answer.stages
    .filter(({ stage }) => stage !== 'total' && stage !== 'settle')
    .reduce((all, { average }) => all + BigInt(average), 0n);
  const total = answer.stages.find(({ stage }) => stage === 'total');
  assert.equal(String(sum), total?.average);
  assert.deepEqual(answer.redeliveries, []);
  assert.deepEqual(
    answer.series.map(({ count, averages }) => [count, averages.total]),
    [[1, total?.average]],
  );
  assert.equal(
    answer.heat.cells.reduce((all, { count }) => all + count, 0),
    total?.count,
  );
  const [cell] = answer.heat.cells;
  const low = 10 ** ((cell?.bin ?? 0) / answer.heat.binsPerDecade);
  assert.ok(low <= Number(sum) && Number(sum) < low * 10 ** (1 / answer.heat.binsPerDecade));
});

test('latency: first attempts and later ones are never mixed', async () => {
  const { stages, redeliveries } = await ask('latency', `/api/v1/latency?${ORDERS}`);
  const counts = (rows: typeof stages) => rows.map(({ stage, count }) => `${stage} ${count}`);
  assert.deepEqual(counts(stages), [
    'send 1',
    'broker 1',
    'store 1',
    'queue 2',
    'buffer 2',
    'process 2',
    'settle 2',
    'total 2',
  ]);
  assert.deepEqual(counts(redeliveries), [
    'queue 3',
    'buffer 3',
    'process 3',
    'settle 3',
    'total 3',
  ]);
});

test('slowest: within the bounds of a cell', async () => {
  const path = `/api/v1/latency/slowest?${ORDERS}&stage=queue&attempts=all`;
  const all = await ask('slowest', path);
  assert.equal(all.deliveries.length, 5);
  const quick = await ask('slowest', `${path}&max=6000000`);
  assert.deepEqual(
    quick.deliveries.map(({ attempt, duration }) => [attempt, duration]),
    [
      [1, '5000000'],
      [1, '5000000'],
    ],
  );
  const slow = await ask('slowest', `${path}&min=6000000&limit=2`);
  assert.deepEqual(
    slow.deliveries.map(({ attempt }) => attempt > 1),
    [true, true],
  );
});

test('a range without messages is empty, not an error', async () => {
  const { stages, series, heat } = await ask('latency', '/api/v1/latency?from=1000&to=2000');
  assert.deepEqual([stages, series, heat.cells], [[], [], []]);
  assert.deepEqual((await ask('paths', '/api/v1/paths?from=1000&to=2000')).paths, []);
});

test('the same input five times over changes no count, no figure, no path and no edge', async () => {
  const answers = async () => {
    const { paths } = await ask('paths', '/api/v1/paths');
    const { messages } = await ask('messages', '/api/v1/messages');
    const { nodes, edges } = await ask('topology', '/api/v1/topology');
    const latency = await ask('latency', `/api/v1/latency?${ORDERS}`);
    return { paths, messages, nodes, edges, latency, stages: await stagesOfPaths() };
  };
  const once = await answers();
  const known = [...once.nodes, ...once.edges].flatMap(({ evidence }) => evidence);
  for (const how of ['client spans', 'server events', 'configuration'] as const) {
    assert.ok(known.includes(how), how);
  }
  for (let replay = 1; replay <= 5; replay++) {
    const delivery = `replay-${replay}`;
    await storeStory(store.database, { folder: store.dataDir, begin: BEGIN, delivery });
  }
  assert.deepEqual(await answers(), once);
});
