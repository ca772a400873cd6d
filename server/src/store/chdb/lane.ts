import { StoreUnavailable } from '../errors.ts';

interface Waiter {
  start(session: number): void;
  refuse(error: Error): void;
}

/** Hands out the sessions of one kind of work; a session runs one statement at a time. */
export class Lane {
  readonly #free: number[];
  readonly #waiting: Waiter[] = [];
  readonly #maxWaiting: number;

  constructor(sessions: readonly number[], maxWaiting: number) {
    this.#free = [...sessions];
    this.#maxWaiting = maxWaiting;
  }

  /** A session, which must be given back; the longest-waiting caller comes first. */
  async take(deadlineMs: number): Promise<number> {
    const session = this.#free.pop();
    if (session !== undefined) return session;
    if (this.#waiting.length >= this.#maxWaiting) {
      throw new StoreUnavailable(`cannot queue statement: ${this.#maxWaiting} wait already`);
    }
    return await new Promise((resolve, reject) => {
      const waiter: Waiter = {
        start: (given) => {
          clearTimeout(timer);
          resolve(given);
        },
        refuse: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(new StoreUnavailable(`cannot run statement: none of the sessions became free`));
      }, deadlineMs);
      this.#waiting.push(waiter);
    });
  }

  give(session: number): void {
    const next = this.#waiting.shift();
    if (next) next.start(session);
    else this.#free.push(session);
  }

  /** Rejects all who wait. Sessions in use come back through give(). */
  refuseAll(reason: string): void {
    for (const waiter of this.#waiting.splice(0)) waiter.refuse(new StoreUnavailable(reason));
  }
}
