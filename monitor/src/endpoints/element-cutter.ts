const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Takes the bytes of one element as they come. */
export interface ElementPart {
  push(bytes: Uint8Array): void;
  /** The element as JSON. */
  end(): string;
}

/**
 * Cuts the objects in every array under one key out of JSON that comes in pieces, so that an answer of
 * 40 MB is never held whole. Each is handed over as text; in the rest its number stands in its place.
 * Whether the JSON is right shows when the parts are parsed.
 */
export class ElementCutter {
  readonly #key: string;
  readonly #onElement: (json: string) => void;
  readonly #newPart: () => ElementPart;
  readonly #rest: string[] = [];
  readonly #decoder = new TextDecoder();
  #element: ElementPart | undefined;
  #cut = 0;
  #depth = 0;
  /** Depth inside the array whose objects are cut; -1 outside of one. */
  #arrayDepth = -1;
  #isString = false;
  #isEscaped = false;
  /** Bytes of the string that are equal to the key so far; -1 when one was not. */
  #matched = -1;
  #isKey = false;

  /** `newPart` may cut elements out of each element in turn: a cutter is such a part. */
  constructor(
    key: string,
    onElement: (json: string) => void,
    newPart: () => ElementPart = () => new TextPart(),
  ) {
    this.#key = key;
    this.#onElement = onElement;
    this.#newPart = newPart;
  }

  push(piece: Uint8Array): void {
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at] as number;
      if (this.#isString) {
        this.#inString(byte);
      } else if (byte === QUOTE) {
        this.#isString = true;
        this.#matched = 0;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (byte === OPEN_BRACE && this.#depth === this.#arrayDepth && !this.#element) {
          this.#keep(piece.subarray(from, at));
          this.#element = this.#newPart();
          from = at;
        }
        this.#depth++;
        if (this.#isKey && byte === OPEN_BRACKET && !this.#element) this.#arrayDepth = this.#depth;
        this.#isKey = false;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        this.#depth--;
        if (this.#element && this.#depth === this.#arrayDepth) {
          this.#finish(piece.subarray(from, at + 1));
          from = at + 1;
        } else if (this.#depth < this.#arrayDepth) this.#arrayDepth = -1;
      } else if (byte === COLON) {
        this.#isKey = this.#matched === this.#key.length;
      } else if (byte > 0x20) {
        this.#isKey = false;
        this.#matched = -1;
      }
    }
    const left = piece.subarray(from);
    if (this.#element) this.#element.push(left);
    else this.#keep(left);
  }

  /** What was not cut. Throws when an element has no end. */
  end(): string {
    if (this.#element) throw new SyntaxError('the answer ends within an element');
    return this.#rest.join('') + this.#decoder.decode();
  }

  #inString(byte: number): void {
    if (this.#isEscaped) {
      this.#isEscaped = false;
      this.#matched = -1;
    } else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#isString = false;
    else if (this.#matched >= 0) {
      this.#matched = byte === this.#key.charCodeAt(this.#matched) ? this.#matched + 1 : -1;
    }
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#rest.push(this.#decoder.decode(bytes, { stream: true }));
  }

  #finish(last: Uint8Array): void {
    const part = this.#element;
    this.#element = undefined;
    if (!part) return;
    part.push(last);
    this.#onElement(part.end());
    this.#rest.push(String(this.#cut++));
  }
}

/** Keeps an element whole. */
class TextPart implements ElementPart {
  readonly #decoder = new TextDecoder();
  #text = '';

  push(bytes: Uint8Array): void {
    this.#text += this.#decoder.decode(bytes, { stream: true });
  }

  end(): string {
    return this.#text + this.#decoder.decode();
  }
}
