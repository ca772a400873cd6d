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
    let at = 0;
    while (at < piece.length) {
      if (this.#isString) {
        at = this.#inString(piece, at);
      } else if (this.#element) {
        at = this.#inElement(piece, at);
        if (this.#depth === this.#arrayDepth) {
          this.#finish(piece.subarray(from, at));
          from = at;
        }
      } else {
        const byte = piece[at] as number;
        if (byte === OPEN_BRACE && this.#depth === this.#arrayDepth) {
          this.#keep(piece.subarray(from, at));
          this.#element = this.#newPart();
          from = at;
          this.#depth++;
        } else this.#outside(byte);
        at++;
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

  /** A byte between elements, not of a string. */
  #outside(byte: number): void {
    if (byte === QUOTE) {
      this.#isString = true;
      this.#matched = 0;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      this.#depth++;
      if (this.#isKey && byte === OPEN_BRACKET) this.#arrayDepth = this.#depth;
      this.#isKey = false;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      this.#depth--;
      if (this.#depth < this.#arrayDepth) this.#arrayDepth = -1;
    } else if (byte === COLON) {
      this.#isKey = this.#matched === this.#key.length;
    } else if (byte > 0x20) {
      this.#isKey = false;
      this.#matched = -1;
    }
  }

  /**
   * To the end of the element, of the piece, or to the start of a string: nearly all bytes of an answer
   * come by here, so the state is kept in locals.
   */
  #inElement(piece: Uint8Array, start: number): number {
    let depth = this.#depth;
    let at = start;
    const arrayDepth = this.#arrayDepth;
    const length = piece.length;
    while (at < length) {
      const byte = piece[at++] as number;
      if (byte === QUOTE) {
        // Most strings end within the piece and have no escapes.
        while (at < length && piece[at] !== QUOTE && piece[at] !== BACKSLASH) at++;
        if (at < length && piece[at] === QUOTE) {
          at++;
          continue;
        }
        this.#isString = true;
        break;
      }
      // Brackets and braces differ in this one bit.
      const bracket = byte & ~0x20;
      if (bracket === OPEN_BRACKET) depth++;
      else if (bracket === CLOSE_BRACKET && --depth === arrayDepth) break;
    }
    this.#depth = depth;
    return at;
  }

  /** To the end of the string or of the piece. */
  #inString(piece: Uint8Array, start: number): number {
    for (let at = start; at < piece.length; at++) {
      const byte = piece[at] as number;
      if (this.#isEscaped) {
        this.#isEscaped = false;
        this.#matched = -1;
      } else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) {
        this.#isString = false;
        return at + 1;
      } else if (this.#matched >= 0) {
        this.#matched = byte === this.#key.charCodeAt(this.#matched) ? this.#matched + 1 : -1;
      }
    }
    return piece.length;
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#rest.push(this.#decoder.decode(bytes, { stream: true }));
  }

  #finish(last: Uint8Array): void {
    const part = this.#element;
    this.#element = undefined;
    this.#matched = -1;
    this.#isKey = false;
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
