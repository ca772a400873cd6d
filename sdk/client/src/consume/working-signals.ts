import type { JsMsg } from '@nats-io/jetstream';

/** Sweeps between two signals of a message, so that the first comes in time whenever it arrived. */
const SWEEPS = 2;

/**
 * Tells the server that messages are worked on, before it delivers them to somebody else: each one within
 * `everyMs` after it was added, and again as often, until it is removed. One timer for all of them.
 */
export class WorkingSignals {
  readonly #sweptAt = new Map<JsMsg, number>();
  readonly #onSweep: () => void;
  #sweeps = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** `onSweep` is called twice in `everyMs`. */
  constructor(onSweep: () => void) {
    this.#onSweep = onSweep;
  }

  every(everyMs: number): void {
    clearInterval(this.#timer);
    if (this.#closed) return;
    this.#timer = setInterval(() => this.#sweep(), everyMs / SWEEPS);
  }

  add(message: JsMsg): void {
    this.#sweptAt.set(message, this.#sweeps);
  }

  remove(message: JsMsg): void {
    this.#sweptAt.delete(message);
    if (this.#closed && this.#sweptAt.size === 0) clearInterval(this.#timer);
  }

  /** Ends when the last message is removed. */
  close(): void {
    this.#closed = true;
    if (this.#sweptAt.size === 0) clearInterval(this.#timer);
  }

  /** Nobody hears of them any more. */
  cutOff(): void {
    this.#sweptAt.clear();
    this.close();
  }

  #sweep(): void {
    this.#sweeps++;
    for (const [message, addedAt] of this.#sweptAt) {
      if (this.#sweeps - addedAt >= SWEEPS) message.working();
    }
    this.#onSweep();
  }
}
