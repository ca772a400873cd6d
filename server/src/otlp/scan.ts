import { FieldReader, varintEnd, WIRE } from './field-reader.ts';
import { withoutRejected } from './rewrite.ts';
import {
  type MessageShape,
  type OtlpSignal,
  PACKED_64,
  PACKED_VARINT,
  REQUEST_SHAPES,
} from './shapes.ts';
import type { RejectReason, TimeWindow } from './verdicts.ts';

export interface Rejection {
  reason: RejectReason;
  count: number;
}

/** `broken`: no reader of OTLP could take this. `items` and `bytes` are without the rejected items. */
export type ScanResult =
  | { status: 'ok'; items: number; rejected: readonly Rejection[]; bytes: Uint8Array }
  | { status: 'broken'; reason: string };

/** Messages inside messages, as other Protocol Buffers readers bound it. */
const MAX_DEPTH = 100;

/**
 * Checks one export request and counts its items: bounds and wire types of every known field at every
 * depth, then ids and times of each item. Never throws. Allocates only when something is rejected: then one copy of
 * the request, without those items.
 */
export function scanRequest(signal: OtlpSignal, bytes: Uint8Array, window: TimeWindow): ScanResult {
  const shape = REQUEST_SHAPES[signal];
  const scan = new Scan(bytes, window);
  if (!scan.message(shape, 0, bytes.length)) return { status: 'broken', reason: scan.fault };
  const rejected = scan.rejected;
  const kept = rejected.length === 0 ? bytes : withoutRejected(shape, bytes, window);
  return { status: 'ok', items: scan.items, rejected, bytes: kept };
}

class Scan {
  readonly #reader: FieldReader;
  readonly #window: TimeWindow;
  readonly #rejected = new Map<RejectReason, number>();
  #depth = 0;
  items = 0;
  fault = '';

  constructor(bytes: Uint8Array, window: TimeWindow) {
    this.#reader = new FieldReader(bytes);
    this.#window = window;
  }

  get rejected(): Rejection[] {
    return Array.from(this.#rejected, ([reason, count]) => ({ reason, count }));
  }

  /** Checks the message at `pos..limit`; false when it is broken. */
  message(shape: MessageShape, pos: number, limit: number): boolean {
    const reader = this.#reader;
    const { bytes } = reader;
    const { forms, children } = shape;
    if (this.#depth > MAX_DEPTH) return this.#fail(shape, `nested deeper than ${MAX_DEPTH}`);
    this.#depth++;
    for (let at = pos; at < limit; ) {
      let field = bytes[at]! >>> 3;
      let wire = bytes[at]! & 7;
      let start = at + 2;
      let end = start + (at + 1 < limit ? bytes[at + 1]! : limit);
      // Nine fields of ten are short runs of bytes with a one-byte tag; the reader knows the rest.
      if (wire !== WIRE.bytes || field > 15 || field === 0 || end - start > 0x7f || end > limit) {
        if (!reader.next(at, limit)) return this.#fail(shape, reader.fault);
        ({ field, wire, start, end } = reader);
      }
      at = end;
      const form = field < forms.length ? forms[field]! : 0;
      if (form === 0) continue;
      if (form !== wire + 1 && !isPacked(form, { bytes, wire, start, end })) {
        return this.#fail(shape, `field ${field} has wire type ${wire} before byte ${at}`);
      }
      const child = children[field];
      if (child === undefined) continue;
      if (!this.message(child, start, end)) return false;
      if (child.verdict !== null) this.#judge(child, start, end);
    }
    this.#depth--;
    return true;
  }

  #judge(item: MessageShape, start: number, end: number): void {
    this.#reader.start = start;
    this.#reader.end = end;
    const reason = item.verdict!(this.#reader, this.#window);
    if (reason === null) this.items++;
    else this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + 1);
  }

  #fail(shape: MessageShape, what: string): false {
    this.fault = `${shape.name}: ${what}`;
    return false;
  }
}

interface Payload {
  bytes: Uint8Array;
  wire: number;
  start: number;
  end: number;
}

/** A repeated number: one value, or a run of whole values. */
function isPacked(form: number, { bytes, wire, start, end }: Payload): boolean {
  if (form === PACKED_64) {
    return wire === WIRE.fixed64 || (wire === WIRE.bytes && (end - start) % 8 === 0);
  }
  if (form !== PACKED_VARINT) return false;
  if (wire === WIRE.varint) return true;
  if (wire !== WIRE.bytes) return false;
  let at = start;
  while (at < end) at = varintEnd(bytes, at, end);
  return at === end;
}
