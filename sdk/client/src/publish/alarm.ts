/** A timer beyond this fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** One timer: rings once, at the earliest of the times it was told, or a little later. */
export class Alarm {
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;
  #atMs = Number.POSITIVE_INFINITY;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Unix time; infinite is never. */
  notLaterThan(atMs: number): void {
    if (atMs >= this.#atMs) return;
    this.cancel();
    this.#atMs = atMs;
    const waitMs = Math.min(Math.max(1, Math.ceil(atMs - Date.now())), MAX_TIMER_MS);
    this.#timer = setTimeout(() => {
      this.#atMs = Number.POSITIVE_INFINITY;
      this.#ring();
    }, waitMs);
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#atMs = Number.POSITIVE_INFINITY;
  }
}
