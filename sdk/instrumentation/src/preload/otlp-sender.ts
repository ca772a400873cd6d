import { diag } from '@opentelemetry/api';
import type { Delivery } from './otlp-request.ts';

const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 15_000;

export interface SenderOptions {
  /** Sends one request; never rejects. */
  send(body: Uint8Array): Promise<Delivery>;
  /** All bodies that wait together; over it the oldest are dropped. */
  queueBytes: number;
  /** For the diagnostics log. */
  name: string;
}

/**
 * Sends bodies one after the other and keeps them while the receiver is away or says "later", within
 * its bound. Its timers do not keep the process alive; whoever ends the process calls `flush`.
 */
export class OtlpSender {
  readonly #options: SenderOptions;
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #droppedBodies = 0;
  #failures = 0;
  #sending: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  get droppedBodies(): number {
    return this.#droppedBodies;
  }

  enqueue(body: Uint8Array): void {
    this.#queue.push(body);
    this.#queuedBytes += body.length;
    while (this.#queuedBytes > this.#options.queueBytes && this.#queue.length > 1) {
      this.#take();
      this.#droppedBodies += 1;
      diag.warn(`${this.#options.name}: queue full, dropped the oldest export`);
    }
    if (!this.#retry) this.#start();
  }

  /** Tries to send all that waits, now. Resolves when it is sent or an attempt has failed. */
  async flush(): Promise<void> {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    // One under way may have begun before the last body came.
    await this.#sending;
    this.#start();
    await this.#sending;
  }

  #start(): void {
    this.#sending ??= this.#drain().finally(() => {
      this.#sending = undefined;
    });
  }

  async #drain(): Promise<void> {
    for (;;) {
      const body = this.#queue[0];
      if (!body || this.#retry) return;
      const delivery = await this.#options.send(body);
      if (delivery.outcome === 'retry') {
        this.#retryLater(delivery.reason, delivery.afterMs);
        return;
      }
      this.#failures = 0;
      // Dropped meanwhile, when the queue had become full.
      if (this.#queue[0] === body) this.#take();
      if (delivery.outcome === 'refused') {
        this.#droppedBodies += 1;
        diag.error(`${this.#options.name}: the receiver refused an export: ${delivery.reason}`);
      }
    }
  }

  #retryLater(reason: string, afterMs: number | undefined): void {
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** this.#failures, MAX_BACKOFF_MS);
    // Full jitter: a fleet of processes must not come back all at once.
    const delayMs = Math.max(afterMs ?? 0, backoffMs * (0.5 + Math.random() / 2));
    this.#failures += 1;
    diag.info(`${this.#options.name}: retrying in ${Math.round(delayMs)} ms: ${reason}`);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#start();
    }, delayMs);
    this.#retry.unref();
  }

  #take(): void {
    this.#queuedBytes -= this.#queue.shift()?.length ?? 0;
  }
}
