import { type SpanContext, TraceFlags } from '@opentelemetry/api';

const WORD_CHARS = 8;
const TRACE_ID_CHARS = 32;
const SPAN_ID_CHARS = 16;
const HEX = Buffer.from('0123456789abcdef');
const text = Buffer.alloc(TRACE_ID_CHARS);

/**
 * A span context with new random ids, kept as numbers. Most messages of a sampled-out trace need their
 * ids as header bytes only; the strings are made when someone asks.
 */
export class RandomSpanContext implements SpanContext {
  traceFlags: number = TraceFlags.NONE;
  // Fields and no array: this is made for each message.
  #word0 = 0;
  #word1 = 0;
  #word2 = 0;
  #word3 = 0;
  readonly #spanHigh = randomWord();
  /** Never all zero, which means "no span". */
  readonly #spanLow = (randomWord() | 1) >>> 0;
  #traceId: string | undefined;
  #spanId: string | undefined;

  /** The next span of a trace that exists. */
  static child(traceId: string, traceFlags: number): RandomSpanContext {
    const made = new RandomSpanContext();
    made.#traceId = traceId;
    made.traceFlags = traceFlags;
    return made;
  }

  /** The first span of a new trace; the sum of its id's words decides, where a ratio is sampled. */
  static root(flagsOf: (idSum: number) => number): RandomSpanContext {
    const made = new RandomSpanContext();
    made.#word0 = randomWord();
    made.#word1 = randomWord();
    made.#word2 = randomWord();
    made.#word3 = (randomWord() | 1) >>> 0;
    made.traceFlags = flagsOf((made.#word0 ^ made.#word1 ^ made.#word2 ^ made.#word3) >>> 0);
    return made;
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
    writeWord(target, at, this.#word0);
    writeWord(target, at + WORD_CHARS, this.#word1);
    writeWord(target, at + 2 * WORD_CHARS, this.#word2);
    writeWord(target, at + 3 * WORD_CHARS, this.#word3);
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
