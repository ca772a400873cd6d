import type { SpanContext } from '@opentelemetry/api';
import type { NatsHeaders, NatsHeadersClass } from './nats-internals.ts';
import { NumericSpanContext } from './numeric-span-context.ts';
import { OWNED } from './owned.ts';

const TEMPLATE = Buffer.from(
  `NATS/1.0\r\ntraceparent: 00-${'0'.repeat(32)}-${'0'.repeat(16)}-00\r\n\r\n`,
);
const TRACE_ID_AT = 26;
const SPAN_ID_AT = 59;
const FLAGS_AT = 76;
const HEX = Buffer.from('0123456789abcdef');

/** Blocks are cut from pieces of memory of this many; one lives until its blocks are sent. */
const BLOCKS = 512;
let slab = Buffer.alloc(0);
let at = 0;

/** The whole header block of a message that carries a context and nothing else. */
function traceBlock(spanContext: SpanContext): Uint8Array {
  const { traceFlags } = spanContext;
  const block = emptyBlock();
  if (spanContext instanceof NumericSpanContext) {
    spanContext.writeTraceId(block, TRACE_ID_AT);
    spanContext.writeSpanId(block, SPAN_ID_AT);
  } else {
    block.write(spanContext.traceId, TRACE_ID_AT, 'latin1');
    block.write(spanContext.spanId, SPAN_ID_AT, 'latin1');
  }
  block[FLAGS_AT] = HEX[(traceFlags >> 4) & 15] as number;
  block[FLAGS_AT + 1] = HEX[traceFlags & 15] as number;
  return block;
}

function emptyBlock(): Buffer {
  if (at + TEMPLATE.length > slab.length) {
    slab = Buffer.allocUnsafeSlow(TEMPLATE.length * BLOCKS);
    at = 0;
  }
  const block = slab.subarray(at, at + TEMPLATE.length);
  at += TEMPLATE.length;
  block.set(TEMPLATE);
  return block;
}

type TraceHeadersClass = new (spanContext: SpanContext) => NatsHeaders;
const classes = new WeakMap<NatsHeadersClass, TraceHeadersClass>();
let latest: { base: NatsHeadersClass; made: TraceHeadersClass } | undefined;

/** Headers of the client's own class with nothing in them but a context; encoded without a map. */
export function traceHeaders(spanContext: SpanContext, MsgHeaders: NatsHeadersClass): NatsHeaders {
  if (latest?.base !== MsgHeaders) {
    const made = classes.get(MsgHeaders) ?? makeClass(MsgHeaders);
    classes.set(MsgHeaders, made);
    latest = { base: MsgHeaders, made };
  }
  return new latest.made(spanContext);
}

function makeClass(MsgHeaders: NatsHeadersClass): TraceHeadersClass {
  const inherited = MsgHeaders.prototype as NatsHeaders;

  class TraceHeaders {
    readonly _code = 0;
    readonly _description = '';
    readonly #spanContext: SpanContext;
    #map: Map<string, string[]> | undefined;

    constructor(given: SpanContext) {
      this.#spanContext = given;
    }

    /** Made when someone looks; from then on it is the truth, as it may be changed. */
    get headers(): Map<string, string[]> {
      if (!this.#map) {
        const { traceId, spanId, traceFlags } = this.#spanContext;
        const flags = traceFlags.toString(16).padStart(2, '0');
        this.#map = new Map([['traceparent', [`00-${traceId}-${spanId}-${flags}`]]]);
      }
      return this.#map;
    }

    encode(): Uint8Array {
      return this.#map ? inherited.encode.call(this) : traceBlock(this.#spanContext);
    }
  }
  // Not `extends`: the client's constructor would make the map that is to be avoided.
  Object.setPrototypeOf(TraceHeaders.prototype, inherited as object);
  Object.defineProperty(TraceHeaders.prototype, OWNED, { value: true });
  return TraceHeaders as unknown as TraceHeadersClass;
}
