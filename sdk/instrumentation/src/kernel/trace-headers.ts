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

/** `NATS/1.0` and its line end, which a block of the caller's has already. */
const VERSION_BYTES = 10;
const END_BYTES = 2;

/** The block of the caller's headers with one line more. */
function extendedBlock(given: Uint8Array, spanContext: SpanContext): Uint8Array {
  const kept = given.length - END_BYTES;
  const block = Buffer.allocUnsafe(kept + TEMPLATE.length - VERSION_BYTES);
  block.set(given);
  block.set(traceBlock(spanContext).subarray(VERSION_BYTES), kept);
  return block;
}

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

type TraceHeadersClass = new (
  spanContext: SpanContext,
  given: NatsHeaders | undefined,
) => NatsHeaders;
const classes = new WeakMap<NatsHeadersClass, TraceHeadersClass>();
let latest: { base: NatsHeadersClass; made: TraceHeadersClass } | undefined;

export interface CarriedHeaders {
  spanContext: SpanContext;
  /** The caller's, without status and `traceparent`; not changed. */
  given?: NatsHeaders | undefined;
}

/** Headers of the client's own class with a context, beside what the caller has given; encoded without a map. */
export function traceHeaders(
  { spanContext, given }: CarriedHeaders,
  MsgHeaders: NatsHeadersClass,
): NatsHeaders {
  if (latest?.base !== MsgHeaders) {
    const made = classes.get(MsgHeaders) ?? makeClass(MsgHeaders);
    classes.set(MsgHeaders, made);
    latest = { base: MsgHeaders, made };
  }
  return new latest.made(spanContext, given && given.headers.size > 0 ? given : undefined);
}

function makeClass(MsgHeaders: NatsHeadersClass): TraceHeadersClass {
  const inherited = MsgHeaders.prototype as NatsHeaders;

  class TraceHeaders {
    readonly _code = 0;
    readonly _description = '';
    readonly #spanContext: SpanContext;
    readonly #given: NatsHeaders | undefined;
    #map: Map<string, string[]> | undefined;

    constructor(spanContext: SpanContext, given: NatsHeaders | undefined) {
      this.#spanContext = spanContext;
      this.#given = given;
    }

    /** Made when someone looks; from then on it is the truth, as it may be changed. */
    get headers(): Map<string, string[]> {
      if (!this.#map) {
        const { traceId, spanId, traceFlags } = this.#spanContext;
        const flags = traceFlags.toString(16).padStart(2, '0');
        this.#map = new Map();
        for (const [key, values] of this.#given ?? []) this.#map.set(key, [...values]);
        this.#map.set('traceparent', [`00-${traceId}-${spanId}-${flags}`]);
      }
      return this.#map;
    }

    encode(): Uint8Array {
      if (this.#map) return inherited.encode.call(this);
      if (!this.#given) return traceBlock(this.#spanContext);
      return extendedBlock(this.#given.encode(), this.#spanContext);
    }
  }
  // Not `extends`: the client's constructor would make the map that is to be avoided.
  Object.setPrototypeOf(TraceHeaders.prototype, inherited as object);
  Object.defineProperty(TraceHeaders.prototype, OWNED, { value: true });
  return TraceHeaders as unknown as TraceHeadersClass;
}
