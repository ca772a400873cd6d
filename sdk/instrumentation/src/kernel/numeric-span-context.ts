import { type SpanContext, TraceFlags } from '@opentelemetry/api';

const WORD_CHARS = 8;
const TRACE_ID_CHARS = 32;
const SPAN_ID_CHARS = 16;
/** Places in `<trace id>-<span id>-<flags>`. */
const SPAN_ID_AT = 33;
const FLAGS_AT = 50;
const HEX = Buffer.from('0123456789abcdef');
const text = Buffer.alloc(TRACE_ID_CHARS);

/**
 * A span context whose ids are numbers, random ones or read from a header block. Most messages of a
 * sampled-out trace need their ids as header bytes only; the strings are made when someone asks.
 */
export class NumericSpanContext implements SpanContext {
  traceFlags: number = TraceFlags.NONE;
  isRemote?: boolean;
  // Fields and no array: this is made for each message. Signed words: a number beyond 31 bits would be an
  // object of its own.
  #trace0 = 0;
  #trace1 = 0;
  #trace2 = 0;
  #trace3 = 0;
  #span0 = 0;
  #span1 = 0;
  #traceId: string | undefined;
  #spanId: string | undefined;

  /** The first span of a new trace; the sum of its id's words decides, where a ratio is sampled. */
  static root(flagsOf: (idSum: number) => number): NumericSpanContext {
    const made = new NumericSpanContext();
    made.#trace0 = randomWord();
    made.#trace1 = randomWord();
    made.#trace2 = randomWord();
    made.#trace3 = randomWordNotZero();
    made.#span0 = randomWord();
    made.#span1 = randomWordNotZero();
    made.traceFlags = flagsOf((made.#trace0 ^ made.#trace1 ^ made.#trace2 ^ made.#trace3) >>> 0);
    return made;
  }

  /** The next span of the trace of `parent`. */
  static child(parent: SpanContext, traceFlags: number): NumericSpanContext {
    const made = new NumericSpanContext();
    if (#trace0 in parent) {
      made.#trace0 = parent.#trace0;
      made.#trace1 = parent.#trace1;
      made.#trace2 = parent.#trace2;
      made.#trace3 = parent.#trace3;
      made.#traceId = parent.#traceId;
    } else made.#traceId = parent.traceId;
    made.#span0 = randomWord();
    made.#span1 = randomWordNotZero();
    made.traceFlags = traceFlags;
    return made;
  }

  /**
   * The context written at `at` as `<trace id>-<span id>-<flags>`; undefined unless all of it is
   * lower-case hex and neither id is zero.
   */
  static read(bytes: Uint8Array, at: number): NumericSpanContext | undefined {
    const made = new NumericSpanContext();
    return made.fill(bytes, at) ? made : undefined;
  }

  /** Reads itself, as `read`; false where it is no context, then it is good for nothing. */
  protected fill(bytes: Uint8Array, at: number): boolean {
    if (bytes[at + SPAN_ID_AT - 1] !== DASH || bytes[at + FLAGS_AT - 1] !== DASH) return false;
    seen = 0;
    this.#trace0 = wordAt(bytes, at);
    this.#trace1 = wordAt(bytes, at + WORD_CHARS);
    this.#trace2 = wordAt(bytes, at + 2 * WORD_CHARS);
    this.#trace3 = wordAt(bytes, at + 3 * WORD_CHARS);
    this.#span0 = wordAt(bytes, at + SPAN_ID_AT);
    this.#span1 = wordAt(bytes, at + SPAN_ID_AT + WORD_CHARS);
    const flagsHigh = DIGITS[bytes[at + FLAGS_AT] ?? 0] as number;
    const flagsLow = DIGITS[bytes[at + FLAGS_AT + 1] ?? 0] as number;
    this.traceFlags = flagsHigh * 16 + flagsLow;
    this.isRemote = true;
    return (seen | flagsHigh | flagsLow) >= 0 && this.#hasIds();
  }

  #hasIds(): boolean {
    const trace = this.#trace0 | this.#trace1 | this.#trace2 | this.#trace3;
    return trace !== 0 && (this.#span0 | this.#span1) !== 0;
  }

  get traceId(): string {
    if (this.#traceId === undefined) {
      this.writeTraceId(text, 0);
      this.#traceId = text.toString('latin1', 0, TRACE_ID_CHARS);
    }
    return this.#traceId;
  }

  get spanId(): string {
    if (this.#spanId === undefined) {
      this.writeSpanId(text, 0);
      this.#spanId = text.toString('latin1', 0, SPAN_ID_CHARS);
    }
    return this.#spanId;
  }

  writeTraceId(target: Buffer, at: number): void {
    if (this.#traceId !== undefined) {
      target.write(this.#traceId, at, 'latin1');
      return;
    }
    writeWord(target, at, this.#trace0);
    writeWord(target, at + WORD_CHARS, this.#trace1);
    writeWord(target, at + 2 * WORD_CHARS, this.#trace2);
    writeWord(target, at + 3 * WORD_CHARS, this.#trace3);
  }

  writeSpanId(target: Buffer, at: number): void {
    writeWord(target, at, this.#span0);
    writeWord(target, at + WORD_CHARS, this.#span1);
  }

  /** As any other span context looks, for whoever serializes it. */
  toJSON(): SpanContext {
    return { traceId: this.traceId, spanId: this.spanId, traceFlags: this.traceFlags };
  }
}

function randomWord(): number {
  return (Math.random() * 2 ** 32) | 0;
}

/** An id of zeros means that there is none. */
function randomWordNotZero(): number {
  return randomWord() | 1;
}

/** The two digits of each byte. */
const HIGH = hexDigits((byte) => byte >> 4);
const LOW = hexDigits((byte) => byte & 15);

function hexDigits(digitOf: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => HEX[digitOf(byte)] as number);
}

function writeWord(target: Uint8Array, at: number, word: number): void {
  const first = word >>> 24;
  const second = (word >>> 16) & 255;
  const third = (word >>> 8) & 255;
  const fourth = word & 255;
  target[at] = HIGH[first] as number;
  target[at + 1] = LOW[first] as number;
  target[at + 2] = HIGH[second] as number;
  target[at + 3] = LOW[second] as number;
  target[at + 4] = HIGH[third] as number;
  target[at + 5] = LOW[third] as number;
  target[at + 6] = HIGH[fourth] as number;
  target[at + 7] = LOW[fourth] as number;
}

const DASH = 45;
const NOT_HEX = -1;
/** The value of each lower-case hex digit by its byte. */
const DIGITS = new Int8Array(256).fill(NOT_HEX);
for (const [value, byte] of HEX.entries()) DIGITS[byte] = value;
/** All digits of one `read`; negative once one of them was none. */
let seen = 0;

/** Eight hex digits as a signed number. */
function wordAt(bytes: Uint8Array, at: number): number {
  let word = 0;
  let digits = 0;
  for (let place = at; place < at + WORD_CHARS; place += 1) {
    const value = DIGITS[bytes[place] as number] as number;
    digits |= value;
    word = (word << 4) | value;
  }
  seen |= digits;
  return word;
}
