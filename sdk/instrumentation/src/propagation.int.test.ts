import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { waitFor } from '@hopline/testkit';
import type { Msg, MsgHdrs, NatsConnection } from '@nats-io/nats-core';
import { propagation, trace } from '@opentelemetry/api';
import {
  idOf,
  linkIds,
  parentOf,
  type TracedClients,
  tracedClients,
} from './testing/traced-clients.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const PARENT = `00-${TRACE}-${SPAN}-01`;

let clients: TracedClients;
let nc: NatsConnection;

before(async () => {
  clients = await tracedClients();
  nc = clients.nc;
});
after(() => clients[Symbol.asyncDispose]());
beforeEach(() => clients.spans.clear());

/** What arrives when `send` has sent one message to `subject`. */
async function arrives(subject: string, send: () => unknown): Promise<Msg> {
  const got: Msg[] = [];
  const sub = nc.subscribe(subject, {
    callback: (_error, message) => {
      got.push(message);
      // The answer to a JetStream publish is the server's.
      if (message.reply && !subject.endsWith('.js')) message.respond('ok');
    },
  });
  await send();
  const message = await waitFor(() => got[0], { message: subject });
  await waitFor(() => clients.spans.names().some((name) => name.startsWith('process')), {
    message: 'the process span',
  });
  sub.unsubscribe();
  assert.equal(got.length, 1);
  return message;
}

const headersOf = (record: Record<string, string>): MsgHdrs => {
  const headers = clients.nats.headers();
  for (const [key, value] of Object.entries(record)) headers.set(key, value);
  return headers;
};

test("the context is on the wire once, beside the user's headers", async () => {
  const headers = headersOf({ 'X-Order': '4711' });
  const message = await arrives('wire', () => nc.publish('wire', 'x', { headers }));
  const publish = clients.spans.one('publish wire');
  const { traceId, spanId } = publish.spanContext();
  assert.deepEqual(message.headers?.values('traceparent'), [`00-${traceId}-${spanId}-01`]);
  assert.equal(message.headers?.get('X-Order'), '4711');
});

test('tracestate and baggage travel, too', async () => {
  const { propagation: api } = { propagation };
  const carrier = { traceparent: PARENT, tracestate: 'vendor=1', baggage: 'tenant=blue' };
  const { context, ROOT_CONTEXT } = await import('@opentelemetry/api');
  const active = api.extract(ROOT_CONTEXT, carrier);
  const message = await arrives('state', () => context.with(active, () => nc.publish('state')));
  assert.equal(message.headers?.get('tracestate'), 'vendor=1');
  assert.equal(message.headers?.get('baggage'), 'tenant=blue');
  assert.equal(clients.spans.one('publish state').spanContext().traceId, TRACE);
});

test('headers and options of the caller stay as they were, for every way out', async () => {
  const js = clients.jetStream.jetstream(nc);
  const jsm = await js.jetstreamManager();
  await jsm.streams.add({
    name: 'SAME',
    subjects: ['same.js'],
    storage: clients.jetStream.StorageType.Memory,
  });
  const ways: [string, (headers: MsgHdrs, options: object) => unknown][] = [
    ['same.publish', (_headers, options) => nc.publish('same.publish', 'x', options)],
    [
      'same.request',
      (_headers, options) => nc.request('same.request', 'x', { timeout: 500, ...options }),
    ],
    [
      'same.nomux',
      (_headers, options) =>
        nc.request('same.nomux', 'x', { timeout: 500, noMux: true, ...options }),
    ],
    ['same.js', (headers) => js.publish('same.js', 'x', { headers })],
  ];
  for (const [subject, send] of ways) {
    clients.spans.clear();
    const headers = headersOf({ 'X-Order': '1' });
    const options = Object.freeze({ headers });
    const message = await arrives(subject, () => send(headers, options));
    assert.deepEqual([...headers].flat(2), ['X-Order', '1'], subject);
    assert.equal(message.headers?.values('traceparent').length, 1, subject);
  }
  const requestOptions = { timeout: 500 };
  await arrives('same.options', () => nc.request('same.options', 'x', requestOptions));
  assert.deepEqual(requestOptions, { timeout: 500 });
  await jsm.streams.delete('SAME');
});

test("a user's own traceparent is left alone and linked to", async () => {
  for (const key of ['traceparent', 'Traceparent']) {
    clients.spans.clear();
    const message = await arrives('own', () =>
      nc.publish('own', 'x', { headers: headersOf({ [key]: PARENT }) }),
    );
    const keys = message.headers?.keys().filter((name) => name.toLowerCase() === 'traceparent');
    assert.deepEqual(keys, [key]);
    assert.equal(message.headers?.get(key), PARENT);
    assert.equal(parentOf(clients.spans.one('process own')), SPAN);
    assert.deepEqual(linkIds(clients.spans.one('publish own')), [SPAN]);
  }
});

const readable: [string, Record<string, string>][] = [
  ['lower case', { traceparent: PARENT }],
  ['canonical', { Traceparent: PARENT }],
  ['upper case', { TRACEPARENT: PARENT }],
  ['renamed by servers 2.11 and 2.12', { Xraceparent: PARENT }],
  ['upper-case digits', { traceparent: PARENT.toUpperCase() }],
];
for (const [name, record] of readable) {
  test(`extraction: ${name}`, async () => {
    await arrives('read', () => sendBare('read', headersOf(record)));
    assert.equal(parentOf(clients.spans.one('process read')), SPAN);
  });
}

test('extraction: the first of several that can be read', async () => {
  const headers = headersOf({});
  headers.append('traceparent', 'garbage');
  headers.append('traceparent', PARENT);
  await arrives('several', () => sendBare('several', headers));
  assert.equal(parentOf(clients.spans.one('process several')), SPAN);
});

const unreadable = [
  '',
  'garbage',
  `ff-${TRACE}-${SPAN}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  '00-x-y-01',
];
for (const value of unreadable) {
  test(`extraction: ${JSON.stringify(value)} is a new trace`, async () => {
    await arrives('garbage', () => sendBare('garbage', headersOf({ traceparent: value })));
    assert.equal(parentOf(clients.spans.one('process garbage')), undefined);
  });
}

test('a reply of another trace is linked by the request, and neither becomes part of the other', async () => {
  const { nc, nats } = clients;
  const foreign = { traceId: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', spanId: 'bbbbbbbbbbbbbbbb' };
  const sub = nc.subscribe('foreign.ask', {
    callback: (_error, message) => {
      const headers = nats.headers();
      headers.set('traceparent', `00-${foreign.traceId}-${foreign.spanId}-01`);
      message.respond('ok', { headers });
    },
  });
  await nc.request('foreign.ask');
  sub.unsubscribe();
  const request = clients.spans.one('request foreign.ask');
  const [link, ...others] = request.links;
  assert.deepEqual([link?.context.traceId, link?.context.spanId], Object.values(foreign));
  assert.deepEqual(others, []);
  assert.notEqual(request.spanContext().traceId, foreign.traceId);
  assert.equal(
    clients.spans.one('respond _INBOX.>').spanContext().traceId,
    request.spanContext().traceId,
  );
});

test('an unsampled context travels as unsampled and makes no spans', async () => {
  const unsampled = PARENT.replace(/01$/, '00');
  const got: Msg[] = [];
  const sub = nc.subscribe('unsampled', {
    callback: (_error, message) => {
      got.push(message);
      nc.publish('unsampled.next');
    },
  });
  const next = nc.subscribe('unsampled.next', {
    callback: (_error, message) => void got.push(message),
  });
  sendBare('unsampled', headersOf({ traceparent: unsampled }));
  await waitFor(() => got.length === 2, { message: 'both messages' });
  sub.unsubscribe();
  next.unsubscribe();
  assert.match(
    got[1]?.headers?.get('traceparent') ?? '',
    new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`),
  );
  assert.deepEqual(clients.spans.names(), []);
});

test('a payload at the limit of the server is sent without context rather than refused', async () => {
  const limit = nc.info?.max_payload ?? 0;
  assert.ok(limit > 0);
  const message = await arrives('limit', () => nc.publish('limit', new Uint8Array(limit)));
  assert.equal(message.data.length, limit);
  assert.equal(message.headers, undefined);
  assert.equal(parentOf(clients.spans.one('process limit')), undefined);
  assert.equal(idOf(clients.spans.one('publish limit')).length, 16);
});

test('a propagator that throws does not reach the user', async () => {
  const broken = {
    inject: () => {
      throw new Error('inject');
    },
    extract: () => {
      throw new Error('extract');
    },
    fields: () => [],
  };
  const before = (
    propagation as unknown as { _getGlobalPropagator(): typeof broken }
  )._getGlobalPropagator();
  propagation.disable();
  propagation.setGlobalPropagator(broken);
  const got: string[] = [];
  const sub = nc.subscribe('broken', {
    callback: (_error, message) => void got.push(message.string()),
  });
  nc.publish('broken', 'a');
  nc.publish('broken', 'b');
  await waitFor(() => got.length === 2, { message: 'both messages' });
  sub.unsubscribe();
  propagation.disable();
  propagation.setGlobalPropagator(before);
  await nc.flush();
  assert.deepEqual(got, ['a', 'b']);
  assert.equal(trace.getActiveSpan(), undefined);
});

/** Sends as another program would: these headers and nothing else. */
function sendBare(subject: string, headers: MsgHdrs): void {
  clients.instrumentation.disable();
  nc.publish(subject, 'x', { headers });
  clients.instrumentation.enable();
}
