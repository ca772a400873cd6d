import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { MsgHdrsImpl, ProtocolHandler } from '@nats-io/nats-core/internal';
import type { SpanContext } from '@opentelemetry/api';
import type { AnyMethod, NatsHeadersClass } from './nats-internals.ts';
import { framesReplace } from './publish-frame.ts';
import { traceHeaders } from './trace-headers.ts';

const require = createRequire(import.meta.url);
const LEGACY = 'nats/lib/nats-base-client';

interface Client {
  publish: AnyMethod;
  headersClass: NatsHeadersClass;
}

const current: Client = {
  publish: ProtocolHandler.prototype.publish,
  headersClass: MsgHdrsImpl as unknown as NatsHeadersClass,
};
const legacy: Client = {
  publish: require(`${LEGACY}/protocol`).ProtocolHandler.prototype.publish,
  headersClass: require(`${LEGACY}/headers`).MsgHdrsImpl,
};

function isReplaced({ publish, headersClass }: Client): boolean {
  return framesReplace(publish, (spanContext: SpanContext) =>
    traceHeaders({ spanContext }, headersClass),
  );
}

test('a frame is, byte for byte, what both clients send', () => {
  assert.ok(isReplaced(current));
  assert.ok(isReplaced(legacy));
});

test('a method that does more, or something else, is not replaced', () => {
  const { publish, headersClass } = current;
  const wrapped: AnyMethod = function (...args) {
    return publish.apply(this, args);
  };
  assert.ok(!isReplaced({ publish: wrapped, headersClass }));
  const counting: AnyMethod = function (...args) {
    publish.apply(this, args);
    this.outMsgs += 1;
    // As a client of another version might: this.sendCommand(…).
  };
  assert.ok(!isReplaced({ publish: counting, headersClass }));
  const throwing: AnyMethod = () => {
    throw new Error('sendCommand');
  };
  assert.ok(!isReplaced({ publish: throwing, headersClass }));
});
