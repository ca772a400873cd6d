import type { NatsConnection, Subscription } from '@nats-io/nats-core';
import { type Mode, SAMPLED_PER_MILLE } from './instrumentation-modes.ts';
import { SinkTransport } from './instrumentation-transport.ts';

export const WORKS = ['publish', 'receive', 'iterate'] as const;
export const SURFACE_WORKS = ['publish with headers', 'request', 'js.publish'] as const;
export type Work = (typeof WORKS)[number] | (typeof SURFACE_WORKS)[number];

export interface Cost {
  /** All threads of the process, so collection of garbage counts, too. */
  cpuUs: number;
  wallUs: number;
}

const SUBJECT = 'orders.created';
/** A process that publishes without ever yielding cannot export: no real one does that. */
const BURST = 256;

/** One message a publisher with context sends, as it arrives. */
function wireMessage(sid: number, sizeBytes: number, sampled: boolean): Buffer {
  const header =
    'NATS/1.0\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-' +
    `0${sampled ? 1 : 0}\r\n\r\n`;
  const total = header.length + sizeBytes;
  return Buffer.concat([
    Buffer.from(`HMSG ${SUBJECT} ${sid} ${header.length} ${total}\r\n${header}`),
    Buffer.alloc(sizeBytes, 'x'),
    Buffer.from('\r\n'),
  ]);
}

/** The client's own work: no network below it. */
export class SinkWork {
  readonly #mode: Mode;
  readonly #transport: SinkTransport;
  readonly #nc: NatsConnection;
  #received = 0;
  #body: Uint8Array | undefined;
  #target = 0;
  #done: (() => void) | undefined;

  constructor(mode: Mode, transport: SinkTransport, nc: NatsConnection) {
    this.#mode = mode;
    this.#transport = transport;
    this.#nc = nc;
  }

  static async open(mode: Mode): Promise<SinkWork> {
    const core = await import('@nats-io/nats-core/internal');
    const transport = new SinkTransport();
    core.setTransportFactory({ factory: () => transport.asTransport() });
    return new SinkWork(
      mode,
      transport,
      await core.NatsConnectionImpl.connect({ reconnect: false }),
    );
  }

  async run(work: Work, sizeBytes: number, count: number): Promise<Cost> {
    if (work === 'receive' || work === 'iterate') return this.#receive(work, sizeBytes, count);
    if (work === 'publish') return this.#publish(sizeBytes, count);
    const send = await this.#sender(work);
    return this.#send(send, sizeBytes, count);
  }

  async #sender(work: Work): Promise<(payload: Uint8Array) => unknown> {
    if (work === 'request') return (payload) => this.#nc.request(SUBJECT, payload);
    if (work === 'js.publish') {
      const { jetstream } = await import('@nats-io/jetstream');
      const js = jetstream(this.#nc);
      return (payload) => js.publish(SUBJECT, payload);
    }
    const { headers } = await import('@nats-io/nats-core');
    const own = headers();
    own.set('Tenant', 'a');
    return (payload) => this.#nc.publish(SUBJECT, payload, { headers: own });
  }

  async #send(
    send: (payload: Uint8Array) => unknown,
    sizeBytes: number,
    count: number,
  ): Promise<Cost> {
    const payload = new Uint8Array(sizeBytes).fill(120);
    return measure(count, async () => {
      for (let sent = 0; sent < count; sent += BURST) {
        await Promise.all(Array.from({ length: BURST }, () => send(payload)));
        await new Promise(setImmediate);
      }
    });
  }

  async #publish(sizeBytes: number, count: number): Promise<Cost> {
    const payload = new Uint8Array(sizeBytes).fill(120);
    return measure(count, async () => {
      for (let sent = 0; sent < count; ) {
        for (const end = Math.min(count, sent + BURST); sent < end; sent += 1) {
          this.#nc.publish(SUBJECT, payload);
        }
        await new Promise(setImmediate);
      }
    });
  }

  async #receive(work: Work, sizeBytes: number, count: number): Promise<Cost> {
    const subscription = work === 'receive' ? this.#subscribe() : this.#loop();
    const chunk = this.#chunk(subscription, sizeBytes);
    const cost = await measure(count, async () => {
      for (let fed = 0; fed < count; fed += BURST) {
        this.#transport.feed(chunk);
        await this.#arrived(this.#received + BURST);
        await new Promise(setImmediate);
      }
    });
    subscription.unsubscribe();
    return cost;
  }

  #subscribe(): Subscription {
    return this.#nc.subscribe(SUBJECT, { callback: (_error, message) => this.#take(message.data) });
  }

  #loop(): Subscription {
    const subscription = this.#nc.subscribe(SUBJECT);
    void (async () => {
      for await (const message of subscription) this.#take(message.data);
    })();
    return subscription;
  }

  /** As handlers do, it holds the body: one that only asks for its size is compiled into making no view of it. */
  #take(data: Uint8Array): void {
    this.#body = data;
    this.#received += 1;
    if (this.#received === this.#target) this.#done?.();
  }

  #arrived(target: number): Promise<void> {
    this.#target = target;
    return new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  /** A burst as one read of a socket might bring it. */
  #chunk(subscription: Subscription, sizeBytes: number): Buffer {
    const sid = subscription.getID();
    const sampled = Math.round((SAMPLED_PER_MILLE[this.#mode] * BURST) / 1000);
    const messages = Array.from({ length: BURST }, (_, at) =>
      wireMessage(sid, sizeBytes, at < sampled),
    );
    return Buffer.concat(messages);
  }

  /** Of the last message. */
  get body(): Uint8Array | undefined {
    return this.#body;
  }
}

export async function measure(count: number, work: () => Promise<void>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { cpuUs: (user + system) / count, wallUs: (wallMs * 1000) / count };
}
