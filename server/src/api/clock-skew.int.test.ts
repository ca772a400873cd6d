import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { unixNs } from '@hopline/model';
import { CONTRACT, type EndpointName, type ResponseOf } from '@hopline/model/api';
import type { FastifyInstance } from 'fastify';
import { type TemporaryDatabase, temporaryDatabase } from '../store/chdb/temporary-database.ts';
import { noteClockWindows } from '../store/store.ts';
import { apiAt } from './api-fixture.ts';
import {
  ackFloorRow,
  consumerRequest,
  messageOf,
  producerRequest,
  SHAPES,
  subjectOf,
  type Told,
  TRUTH,
} from './consumer-shapes-fixture.ts';

const NOW = unixNs(BigInt(Date.now()) * 1_000_000n);
const HOUR_NS = 3_600_000_000_000n;
const SKEW_NS = 5_000_000_000n;
const NS_PER_MS = 1_000_000n;
/** What the model promises of a stage between two clocks. */
const BOUND_NS = 2n * NS_PER_MS;
/** Beside many others an engine may wait long for a core. */
const PATIENT = { queryTimeoutMs: 120_000 };
const RANGE = { from: unixNs(NOW - 6n * HOUR_NS), to: NOW, timeoutMs: PATIENT.queryTimeoutMs };
const STAGES = ['store', 'queue', 'process', 'total'] as const;

let store: TemporaryDatabase;
let app: FastifyInstance;

before(async () => {
  store = await temporaryDatabase(PATIENT);
  app = await apiAt(store.database, { now: NOW });
});
after(async () => {
  await app?.close();
  await store?.[Symbol.asyncDispose]();
});

async function ask<Name extends EndpointName>(name: Name, path: string): Promise<ResponseOf<Name>> {
  const response = await app.inject(path);
  assert.equal(response.statusCode, 200, response.body);
  return CONTRACT[name].response.parse(response.json()) as ResponseOf<Name>;
}

interface StageSeen {
  duration: bigint;
  provenance: string;
}

/** Stages of the deliveries behind the latency page, `<message> <stage>`. */
async function stagesOfPath(told: Told): Promise<Map<string, StageSeen>> {
  const seen = new Map<string, StageSeen>();
  for (const stage of STAGES) {
    const path = `/api/v1/latency/slowest?from=${RANGE.from}&to=${NOW}&stage=${stage}`;
    const { deliveries } = await ask('slowest', `${path}&subject=${subjectOf(told)}&attempts=all`);
    for (const { messageId, duration, provenance } of deliveries) {
      seen.set(`${messageId} ${stage}`, { duration: BigInt(duration), provenance });
    }
  }
  return seen;
}

/** The same of the messages' own pages. */
async function stagesOfMessages(told: Told): Promise<Map<string, StageSeen>> {
  const seen = new Map<string, StageSeen>();
  for (const shape of SHAPES) {
    const id = messageOf(told, shape);
    const { deliveries, total } = await ask('message', `/api/v1/messages/${id}`);
    seen.set(`${id} total`, { duration: BigInt(total ?? -1), provenance: '' });
    for (const { name, duration, provenance } of deliveries[0]!.attemptList[0]!.stages) {
      seen.set(`${id} ${name}`, { duration: BigInt(duration ?? -1), provenance });
    }
  }
  return seen;
}

const TRUE_MS: Record<(typeof STAGES)[number], number> = {
  store: TRUTH.store,
  queue: TRUTH.queue,
  process: TRUTH.process,
  total: TRUTH.store + TRUTH.queue + TRUTH.buffer + TRUTH.process,
};

const sides = (skew: string): bigint =>
  skew === 'right' ? 0n : skew === 'ahead' ? SKEW_NS : -SKEW_NS;
const cases = [
  { producer: 'right', consumer: 'right' },
  { producer: 'right', consumer: 'ahead' },
  { producer: 'ahead', consumer: 'behind' },
  { producer: 'behind', consumer: 'ahead' },
];

for (const [index, { producer, consumer }] of cases.entries()) {
  test(`the producer's clock is ${producer}, the consumer's ${consumer}`, async () => {
    const told: Told = {
      run: index + 1,
      begin: NOW - HOUR_NS,
      producerSkew: sides(producer),
      consumerSkew: sides(consumer),
    };
    const batch = (request: typeof producerRequest): Buffer =>
      Buffer.concat(SHAPES.map((shape) => request(shape, told)));
    await store.insert('traces', `consumer-${index}`, batch(consumerRequest));
    await store.insert('traces', `producer-${index}`, batch(producerRequest));
    const rows = SHAPES.map((shape) => JSON.stringify(ackFloorRow(shape, told)));
    await store.insert('assets', `assets-${index}`, rows.join('\n'));
    // The same evidence noted again changes nothing.
    await noteClockWindows(store.database, RANGE);
    await noteClockWindows(store.database, RANGE);

    const [ofPath, ofMessages] = [await stagesOfPath(told), await stagesOfMessages(told)];
    assert.equal(ofPath.size, SHAPES.length * STAGES.length);
    for (const [key, { duration, provenance }] of ofPath) {
      const stage = key.split(' ')[1] as keyof typeof TRUE_MS;
      const off = duration - BigInt(TRUE_MS[stage]) * NS_PER_MS;
      assert.ok(duration >= 0n && off <= BOUND_NS && -off <= BOUND_NS, `${key}: off by ${off} ns`);
      const isSkewed = {
        store: producer !== 'right',
        queue: consumer !== 'right',
        total: producer !== consumer,
        process: false,
      }[stage];
      if (isSkewed) assert.equal(provenance, 'adjusted', key);
      const same = ofMessages.get(key);
      assert.equal(same?.duration, duration, key);
      if (stage !== 'total') assert.equal(same?.provenance, provenance, key);
    }
  });
}
