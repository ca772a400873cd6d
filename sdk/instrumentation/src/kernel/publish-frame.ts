import type { SpanContext } from '@opentelemetry/api';
import type { AnyMethod, Protocol } from './nats-internals.ts';
import { NumericSpanContext } from './numeric-span-context.ts';

const BLOCK = `NATS/1.0\r\ntraceparent: 00-${'0'.repeat(32)}-${'0'.repeat(16)}-00\r\n\r\n`;
/** Places in the block, from its end: what stands before it differs by subject and size. */
const TRACE_ID_FROM_END = BLOCK.length - 26;
const SPAN_ID_FROM_END = BLOCK.length - 59;
const FLAGS_FROM_END = BLOCK.length - 76;
const HEX = Buffer.from('0123456789abcdef');
const CR = 13;
const LF = 10;

/** Bytes that a context adds to a message which has no headers: they count as payload. */
export const TRACE_BLOCK_BYTES = BLOCK.length;
/** Bodies up to this are copied behind their command: one piece for the client to send, not three. */
const COPIED_BYTES = 1024;
/** Frames are cut from pieces of memory of this size; one lives until its frames are sent. */
const SLAB_BYTES = 65_536;
const CRLF = Buffer.from('\r\n');

let slab = Buffer.alloc(0);
let at = 0;

/**
 * The `HPUB` of one subject, for messages that carry a context and no other header. The client puts
 * each command together as text and encodes it, which costs more than all else that a publish does; here the
 * bytes are kept, and only length and ids are written.
 */
export class PublishFrame {
  readonly #subject: string;
  #template = Buffer.alloc(0);
  #bodyBytes = -1;

  constructor(subject: string) {
    this.#subject = subject;
  }

  /** Does what the client's own `publish` does with the same message. */
  send(protocol: Protocol, body: Uint8Array, spanContext: SpanContext): void {
    if (body.length !== this.#bodyBytes) this.#prepare(body.length);
    const head = this.#template.length;
    const copied = body.length <= COPIED_BYTES;
    const start = reserve(copied ? head + body.length + 2 : head);
    slab.set(this.#template, start);
    const end = start + head;
    writeContext(spanContext, end);
    protocol.outBytes += TRACE_BLOCK_BYTES + body.length;
    protocol.outMsgs += 1;
    if (copied) {
      slab.set(body, end);
      slab[end + body.length] = CR;
      slab[end + body.length + 1] = LF;
      protocol.sendCommand(new Uint8Array(slab.buffer, start, head + body.length + 2));
    } else {
      protocol.sendCommand(new Uint8Array(slab.buffer, start, head), body, CRLF);
    }
  }

  #prepare(bodyBytes: number): void {
    const total = TRACE_BLOCK_BYTES + bodyBytes;
    this.#template = Buffer.from(`HPUB ${this.#subject} ${TRACE_BLOCK_BYTES} ${total}\r\n${BLOCK}`);
    this.#bodyBytes = bodyBytes;
  }
}

function reserve(bytes: number): number {
  if (at + bytes > slab.length) {
    slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes));
    at = 0;
  }
  const start = at;
  at += bytes;
  return start;
}

function writeContext(spanContext: SpanContext, end: number): void {
  const { traceFlags } = spanContext;
  if (spanContext instanceof NumericSpanContext) {
    spanContext.writeTraceId(slab, end - TRACE_ID_FROM_END);
    spanContext.writeSpanId(slab, end - SPAN_ID_FROM_END);
  } else {
    slab.write(spanContext.traceId, end - TRACE_ID_FROM_END, 'latin1');
    slab.write(spanContext.spanId, end - SPAN_ID_FROM_END, 'latin1');
  }
  slab[end - FLAGS_FROM_END] = HEX[(traceFlags >> 4) & 15] as number;
  slab[end - FLAGS_FROM_END + 1] = HEX[traceFlags & 15] as number;
}

const PROBE_CONTEXT: SpanContext = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
};
const PROBE_BODIES = [0, 5, COPIED_BYTES + 1];

interface Recording {
  bytes: string;
  outBytes: number;
  outMsgs: number;
}

/**
 * True when `publish` is the client's own method and does exactly what a frame does: the same bytes, the
 * same counts. A client that has changed, or a method that someone else has wrapped, is then called itself.
 */
export function framesReplace(publish: AnyMethod, headersOf: (context: SpanContext) => unknown) {
  try {
    if (!Function.prototype.toString.call(publish).includes('sendCommand')) return false;
    const subject = 'probe.ä';
    const frame = new PublishFrame(subject);
    return PROBE_BODIES.every((length) => {
      const body = new Uint8Array(length).fill(120);
      const byClient = record((protocol) =>
        publish.call(protocol, subject, body, { headers: headersOf(PROBE_CONTEXT) }),
      );
      const byFrame = record((protocol) => frame.send(protocol, body, PROBE_CONTEXT));
      return JSON.stringify(byClient) === JSON.stringify(byFrame);
    });
  } catch {
    return false;
  }
}

/** What `work` sends over a connection that is none. */
function record(work: (protocol: Protocol) => void): Recording {
  const pieces: Uint8Array[] = [];
  const protocol = {
    info: { headers: true, max_payload: 1_048_576 },
    options: {},
    outBytes: 0,
    outMsgs: 0,
    sendCommand(command: string | Uint8Array, ...more: Uint8Array[]) {
      pieces.push(typeof command === 'string' ? Buffer.from(command) : command, ...more);
    },
  };
  work(protocol as unknown as Protocol);
  const { outBytes, outMsgs } = protocol;
  return { bytes: Buffer.concat(pieces).toString('latin1'), outBytes, outMsgs };
}
