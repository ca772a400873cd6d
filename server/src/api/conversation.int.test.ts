import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ATTR, unixNs } from '@hopline/model';
import { CONTRACT, type ConversationResponse, type StatusResponse } from '@hopline/model/api';
import type { FastifyInstance } from 'fastify';
import { type TemporaryDatabase, temporaryDatabase } from '../store/chdb/temporary-database.ts';
import { attributes, encodeRequest } from '../store/insert/otlp-fixture.ts';
import { spansAround } from '../store/store.ts';
import { type ApiContext, wholeRange } from './api-context.ts';
import { apiAt } from './api-fixture.ts';
import { tracesAround } from './linked-traces.ts';

const NOW = unixNs(BigInt(Date.now()) * 1_000_000n);
const NS_PER_MS = 1_000_000n;
const PATIENT = { queryTimeoutMs: 120_000 };

/** Two shops whose orders one packer takes in a batch, and a carrier behind the packer. */
const SHOP = 'a1'.repeat(16);
const OTHER_SHOP = 'a2'.repeat(16);
const PACKER = 'b1'.repeat(16);
const CARRIER = 'c1'.repeat(16);
const STRANGER = 'd1'.repeat(16);
const ORDER = '0000000000000001';
const OTHER_ORDER = '0000000000000002';
const PARCEL = '0000000000000003';

let store: TemporaryDatabase;
let app: FastifyInstance;
let context: ApiContext;

before(async () => {
  store = await temporaryDatabase(PATIENT);
  const status = () => ({ startedAt: String(NOW) }) as StatusResponse;
  context = {
    database: store.database,
    status,
    cluster: () => assert.fail('nothing here is of the cluster'),
    now: () => NOW,
    retentionDays: 7,
    ...PATIENT,
  };
  app = await apiAt(store.database, { now: NOW });
  // Each service exports for itself, those at the end of the chain first.
  for (const [service, spans] of Object.entries(SPANS).reverse()) {
    const outcome = await store.insert('traces', service, request(service, spans));
    assert.notEqual(outcome.status, 'refused');
  }
});
after(async () => {
  await app?.close();
  await store?.[Symbol.asyncDispose]();
});

interface Told {
  trace: string;
  id: string;
  parent?: string;
  what: string;
  atMs: number;
  failed?: boolean;
  links?: [trace: string, id: string][];
}

const SPANS: Record<string, Told[]> = {
  shop: [{ trace: SHOP, id: ORDER, what: 'publish orders.new', atMs: 0 }],
  'other-shop': [{ trace: OTHER_SHOP, id: OTHER_ORDER, what: 'publish orders.new', atMs: 1 }],
  packer: [
    {
      trace: PACKER,
      id: '1000000000000001',
      what: 'receive orders.new',
      atMs: 10,
      links: [
        [SHOP, ORDER],
        [OTHER_SHOP, OTHER_ORDER],
      ],
    },
    {
      trace: PACKER,
      id: '1000000000000002',
      parent: '1000000000000001',
      what: 'process orders.new',
      atMs: 12,
      failed: true,
      links: [[SHOP, ORDER]],
    },
    {
      trace: PACKER,
      id: PARCEL,
      parent: '1000000000000002',
      what: 'publish parcels.packed',
      atMs: 13,
    },
  ],
  carrier: [
    {
      trace: CARRIER,
      id: '1000000000000004',
      what: 'process parcels.packed',
      atMs: 40,
      links: [[PACKER, PARCEL]],
    },
  ],
  stranger: [{ trace: STRANGER, id: '1000000000000005', what: 'publish other.news', atMs: 5 }],
};

const KINDS: Record<string, [kind: number, type: string]> = {
  publish: [4, 'send'],
  receive: [3, 'receive'],
  process: [5, 'process'],
};

function request(service: string, spans: readonly Told[]): Uint8Array {
  const encoded = spans.map(({ trace, id, parent = '', what, atMs, failed, links = [] }) => {
    const [operation = '', subject = ''] = what.split(' ');
    const [kind, type] = KINDS[operation] ?? assert.fail(what);
    const start = NOW - 3_600_000n * NS_PER_MS + BigInt(atMs) * NS_PER_MS;
    return {
      trace_id: Buffer.from(trace, 'hex'),
      span_id: Buffer.from(id, 'hex'),
      parent_span_id: Buffer.from(parent, 'hex'),
      name: what,
      kind,
      start_time_unix_nano: String(start),
      end_time_unix_nano: String(start + 5n * NS_PER_MS),
      status: failed === true ? { code: 2, message: 'no carton' } : {},
      attributes: attributes({
        [ATTR.system]: 'nats',
        [ATTR.operationName]: operation,
        [ATTR.operationType]: type,
        [ATTR.destination]: subject,
      }),
      links: links.map(([linked, span]) => ({
        trace_id: Buffer.from(linked, 'hex'),
        span_id: Buffer.from(span, 'hex'),
      })),
    };
  });
  return encodeRequest('traces', {
    resource_spans: [
      {
        resource: { attributes: attributes({ [ATTR.serviceName]: service }) },
        scope_spans: [{ scope: { name: 'conversation' }, spans: encoded }],
      },
    ],
  });
}

async function conversation(traceId: string): Promise<ConversationResponse> {
  const response = await app.inject(`/api/v1/traces/${traceId}/conversation`);
  assert.equal(response.statusCode, 200, response.body);
  const body = response.json();
  assert.deepEqual(CONTRACT.conversation.response.parse(body), body, 'fields outside the contract');
  return body;
}

const tracesOf = ({ traces }: ConversationResponse): string[] =>
  traces.map(({ traceId }) => traceId);

test('forward from the first trace, through a batch, to the last; not to its other orders', async () => {
  assert.deepEqual(tracesOf(await conversation(SHOP)), [SHOP, PACKER, CARRIER]);
  assert.deepEqual(tracesOf(await conversation(OTHER_SHOP)), [OTHER_SHOP, PACKER, CARRIER]);
});

test('back from the last trace to all that led to it', async () => {
  const whole = [SHOP, OTHER_SHOP, PACKER, CARRIER];
  assert.deepEqual(tracesOf(await conversation(CARRIER)), whole);
  assert.deepEqual(tracesOf(await conversation(PACKER)), whole);
  assert.deepEqual(tracesOf(await conversation(STRANGER)), [STRANGER]);
});

test('one story: where each trace goes on from, what each span handles, what caused what', async () => {
  const told = await conversation(CARRIER);
  assert.equal(told.truncated, false);
  assert.equal(told.duration, String(45n * NS_PER_MS));
  assert.deepEqual(
    told.traces.map(({ services, spans, errors, messages, continues }) => [
      services.join(),
      [spans, errors, messages],
      continues,
    ]),
    [
      ['shop', [1, 0, 1], []],
      ['other-shop', [1, 0, 1], []],
      ['packer', [3, 1, 1], [`${SHOP}-${ORDER}`, `${OTHER_SHOP}-${OTHER_ORDER}`]],
      ['carrier', [1, 0, 0], [`${PACKER}-${PARCEL}`]],
    ],
  );
  assert.deepEqual(
    told.spans
      .filter(({ handles }) => handles.length > 0)
      .map(({ name, handles }) => [name, handles.length]),
    [
      ['receive orders.new', 2],
      ['process orders.new', 1],
      ['process parcels.packed', 1],
    ],
  );
  assert.deepEqual(
    told.messages.map(({ producer, consumers, causedBy }) => [
      producer,
      consumers.map(({ service, fate }) => `${service} ${fate}`).join(),
      causedBy,
    ]),
    [
      ['shop', 'packer failed', null],
      ['other-shop', 'packer processed', null],
      ['packer', 'carrier processed', `${SHOP}-${ORDER}`],
    ],
  );
});

test('more traces than the bound: the nearest, and told', async () => {
  const nearest = await tracesAround(context, SHOP, 2);
  assert.deepEqual(nearest, { traceIds: [SHOP, PACKER], truncated: true });
  const all = await tracesAround(context, SHOP, 3);
  assert.deepEqual(all, { traceIds: [SHOP, PACKER, CARRIER], truncated: false });
});

test('a trace of which nothing is stored', async () => {
  const response = await app.inject(`/api/v1/traces/${'e1'.repeat(16)}/conversation`);
  assert.equal(response.statusCode, 404);
});

test('spans around a trace: its own, then those that link to it, then the rest of their traces', async () => {
  const early = { trace: PACKER, id: '1000000000000009', what: 'publish shift.begun', atMs: -60 };
  await store.insert('traces', 'early', request('packer', [early]));
  const around = async (limit: number): Promise<string[]> => {
    const ask = { ...wholeRange(context), traceIds: [SHOP], limit };
    return (await spansAround(store.database, ask)).map(({ name }) => name);
  };
  const own = ['publish orders.new'];
  const links = ['receive orders.new', 'process orders.new'];
  assert.deepEqual(await around(1), own);
  assert.deepEqual(await around(3), [...own, ...links]);
  const rest = ['publish shift.begun', 'publish parcels.packed'];
  assert.deepEqual(await around(10), [...own, ...links, ...rest]);
});
