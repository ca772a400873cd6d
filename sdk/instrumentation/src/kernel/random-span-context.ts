import type { SpanContext } from '@opentelemetry/api';

const TRACE_WORDS = 4;
const WORD_CHARS = 8;
const TRACE_ID_CHARS = 32;
const SPAN_ID_CHARS = 16;
const HEX = Buffer.from('0123456789abcdef');
const text = Buffer.alloc(TRACE_ID_CHARS + SPAN_ID_CHARS);

/**
 * A span context with new random ids, kept as numbers. Most messages of a sampled-out trace need their
 * ids as header bytes only; the strings are made when someone asks.
 */
export class RandomSpanContext implements SpanContext {
  readonly traceFlags: number;
  readonly #words: Uint32Array | undefined;
  readonly #spanHigh: number;
  readonly #spanLow: number;
  #traceId: string | undefined;
  #spanId: string | undefined;

  private constructor(traceFlags: number, trace: string | Uint32Array) {
    this.traceFlags = traceFlags;
    if (typeof trace === 'string') this.#traceId = trace;
    else this.#words = trace;
    this.#spanHigh = randomWord();
    // Never all zero, which means "no span".
    this.#spanLow = randomWord() | 1;
  }

  /** The next span of a trace that exists. */
  static child(traceId: string, traceFlags: number): RandomSpanContext {
    return new RandomSpanContext(traceFlags, traceId);
  }

  /** The first span of a new trace; `flagsOf` gets the ids' words, of which a ratio decides. */
  static root(flagsOf: (words: Uint32Array) => number): RandomSpanContext {
    const words = new Uint32Array(TRACE_WORDS);
    for (let at = 0; at < TRACE_WORDS; at += 1) words[at] = randomWord();
    words[TRACE_WORDS - 1] = (words[TRACE_WORDS - 1] ?? 0) | 1;
    return new RandomSpanContext(flagsOf(words), words);
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
    if (!this.#words) {
      target.write(this.#traceId ?? '', at, 'latin1');
      return;
    }
    for (let word = 0; word < TRACE_WORDS; word += 1) {
      writeWord(target, at + word * WORD_CHARS, this.#words[word] ?? 0);
    }
  }

  writeSpanId(target: Buffer, at: number): void {
    writeWord(target, at, this.#spanHigh);
    writeWord(target, at + WORD_CHARS, this.#spanLow);
  }

  /** As any other span context looks, for whoever serializes it. */
  toJSON(): SpanContext {
    return { traceId: this.traceId, spanId: this.spanId, traceFlags: this.traceFlags };
  }
}

function randomWord(): number {
  return (Math.random() * 2 ** 32) >>> 0;
}

function writeWord(target: Buffer, at: number, word: number): void {
  for (let digit = 0; digit < WORD_CHARS; digit += 1) {
    target[at + digit] = HEX[(word >>> (28 - digit * 4)) & 15] as number;
  }
}
