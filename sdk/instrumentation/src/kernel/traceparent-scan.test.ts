import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MsgHdrsImpl } from '@nats-io/nats-core/internal';
import { defaultTextMapGetter, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import fc from 'fast-check';
import type { NatsHeadersClass } from './nats-internals.ts';
import { NumericSpanContext } from './numeric-span-context.ts';
import { traceHeaders } from './trace-headers.ts';
import { isOnlyTraceparent, scanTraceparent, UNCLEAR } from './traceparent-scan.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
const VALUE = `00-${TRACE_ID}-${SPAN_ID}-01`;

/** A message as the client's parser leaves it, with a body behind the header block. */
function raw(...lines: string[]) {
  const block = `NATS/1.0\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
  const subject = Buffer.from('a');
  return { _msg: { subject, hdr: block.length }, _rdata: Buffer.from(`${block}body`, 'latin1') };
}

const scanned = (...lines: string[]) => {
  const found = scanTraceparent(raw(...lines));
  return typeof found === 'object' ? JSON.parse(JSON.stringify(found)) : found;
};

test('the common forms are read', () => {
  const wanted = { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 };
  assert.deepEqual(scanned(`traceparent: ${VALUE}`), wanted);
  assert.deepEqual(scanned('A: 1', `traceparent: ${VALUE}`), wanted);
  assert.deepEqual(scanned(`traceparent: ${VALUE}`, 'B: 2'), wanted);
  assert.equal(
    scanTraceparent({ _msg: { subject: Buffer.of(), hdr: -1 }, _rdata: Buffer.of(1) }),
    undefined,
  );
  assert.equal(scanned('A: 1'), undefined);
});

test('whatever needs the general reader is left to it', () => {
  const zeroTrace = `00-${'0'.repeat(32)}-${SPAN_ID}-01`;
  const zeroSpan = `00-${TRACE_ID}-${'0'.repeat(16)}-01`;
  const unclear: string[][] = [
    [`Traceparent: ${VALUE}`],
    [`Xraceparent: ${VALUE}`],
    [`traceparent:${VALUE}`],
    [`traceparent: ${VALUE.toUpperCase()}`],
    [`traceparent: ${VALUE}`, `traceparent: ${VALUE}`],
    [`TRACEPARENT: ${VALUE}`, `traceparent: ${VALUE}`],
    [`traceparent: ${VALUE}`, 'tracestate: a=b'],
    ['Baggage: a=b', `traceparent: ${VALUE}`],
    ['baggage: a=b'],
    [`traceparent: ${VALUE}-extra`],
    [`traceparent: ${VALUE.slice(0, -1)}`],
    [`traceparent: ff${VALUE.slice(2)}`],
    [`traceparent: ${VALUE.replace('b', 'g')}`],
    [`traceparent: ${zeroTrace}`],
    [`traceparent: ${zeroSpan}`],
    ['traceparent: '],
  ];
  for (const lines of unclear) assert.equal(scanned(...lines), UNCLEAR, lines.join(' | '));
});

test('what it reads is what the propagator reads', () => {
  const hexDigit = fc.constantFrom(...'0123456789abcdef');
  const hex = (length: number) =>
    fc.string({ unit: hexDigit, minLength: length, maxLength: length });
  const noise = fc.string({ unit: fc.constantFrom(...'0123456789abcdefg-ABF '), maxLength: 60 });
  const value = fc
    .tuple(hex(32), hex(16), hex(2), fc.option(noise))
    .map(([traceId, spanId, flags, tail]) => tail ?? `00-${traceId}-${spanId}-${flags}`);
  const propagator = new W3CTraceContextPropagator();
  fc.assert(
    fc.property(value, (traceparent) => {
      const found = scanTraceparent(raw(`traceparent: ${traceparent}`));
      if (found === UNCLEAR) return;
      const context = propagator.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter);
      const wanted = trace.getSpanContext(context);
      assert.equal(found?.traceId, wanted?.traceId);
      assert.equal(found?.spanId, wanted?.spanId);
      assert.equal(found?.traceFlags, wanted?.traceFlags);
      assert.equal(found?.isRemote, true);
    }),
  );
});

test('a written block is read back; the client decodes it to the same', () => {
  const origin = NumericSpanContext.root(() => 1);
  const headers = traceHeaders({ spanContext: origin }, MsgHdrsImpl as unknown as NatsHeadersClass);
  assert.ok(headers instanceof MsgHdrsImpl);
  const block = headers.encode();
  const message = { _msg: { subject: Buffer.of(), hdr: block.length }, _rdata: block };
  assert.ok(isOnlyTraceparent(message));
  const found = scanTraceparent(message);
  assert.ok(typeof found === 'object');
  assert.equal(found.traceId, origin.traceId);
  assert.equal(found.spanId, origin.spanId);
  const value = `00-${origin.traceId}-${origin.spanId}-01`;
  assert.equal(MsgHdrsImpl.decode(block).get('traceparent'), value);
  // Looked at and changed by someone downstream, the change is sent.
  headers.headers.set('More', ['x']);
  assert.equal(MsgHdrsImpl.decode(headers.encode()).get('More'), 'x');
  assert.equal(MsgHdrsImpl.decode(headers.encode()).get('traceparent'), value);
});
