import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headers, MsgHdrsImpl } from '@nats-io/nats-core/internal';
import type { NatsHeaders, NatsHeadersClass } from './nats-internals.ts';
import { traceHeaders } from './trace-headers.ts';

const MsgHeaders = MsgHdrsImpl as unknown as NatsHeadersClass;
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
const spanContext = { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 };
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;

function given(): MsgHdrsImpl {
  const made = headers() as MsgHdrsImpl;
  made.set('Tenant', 'ä');
  made.append('Many', '1');
  made.append('Many', '2');
  return made;
}

const carrying = (from: MsgHdrsImpl) =>
  traceHeaders({ spanContext, given: from as unknown as NatsHeaders }, MsgHeaders);

test('the caller’s headers and the context, as the client would write them', () => {
  const wanted = given();
  wanted.set('traceparent', TRACEPARENT);
  const own = given();
  assert.equal(Buffer.compare(carrying(own).encode(), wanted.encode()), 0);
  assert.equal(own.has('traceparent'), false);
});

test('what the client adds to them later is sent, and the caller’s stay as they were', () => {
  const own = given();
  const carried = carrying(own) as unknown as MsgHdrsImpl;
  carried.set('Nats-Msg-Id', '7');
  carried.append('Many', '3');
  const sent = MsgHdrsImpl.decode(carried.encode());
  assert.deepEqual(sent.values('Many'), ['1', '2', '3']);
  assert.equal(sent.get('Nats-Msg-Id'), '7');
  assert.equal(sent.get('traceparent'), TRACEPARENT);
  assert.deepEqual([...own.keys()], ['Tenant', 'Many']);
  assert.deepEqual(own.values('Many'), ['1', '2']);
});

test('headers without any entry are as none', () => {
  const sent = MsgHdrsImpl.decode(carrying(headers() as MsgHdrsImpl).encode());
  assert.deepEqual([...sent], [['traceparent', [TRACEPARENT]]]);
});
