import type { Transport } from '@nats-io/nats-core/internal';

const INFO = {
  server_id: 'BENCH',
  server_name: 'bench',
  version: '2.14.0',
  proto: 1,
  host: '127.0.0.1',
  port: 4222,
  headers: true,
  max_payload: 1_048_576,
  client_id: 7,
};
const PING = Buffer.from('PING\r\n');
const PONG = Buffer.from('PONG\r\n');
const SUB = Buffer.from('SUB _INBOX.');
const PUB_ACK = '{"stream":"ORDERS","seq":1}';

/**
 * A connection without a network: swallows what the client sends, hands in what the bench feeds. What is
 * then measured is the client's own work and nothing else.
 */
export class SinkTransport {
  readonly discarded = false;
  readonly version = '0.0.0';
  readonly lang = 'bench';
  isClosed = false;
  closeError: Error | undefined;
  #frames: Uint8Array[] = [Buffer.from(`INFO ${JSON.stringify(INFO)}\r\n`)];
  #wake: (() => void) | undefined;
  /** Of the subscription that answers to requests come in by; until there is one, nobody asks. */
  #inboxId: string | undefined;
  readonly #closed = Promise.withResolvers<undefined | Error>();

  /** What the client asks its transport factory for. */
  asTransport(): Transport {
    return this as unknown as Transport;
  }

  feed(frame: Uint8Array): void {
    this.#frames.push(frame);
    this.#wake?.();
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  send(frame: Uint8Array): void {
    if (frame.length >= PING.length && PING.equals(frame.subarray(-PING.length))) this.feed(PONG);
    const commands = Buffer.from(frame.buffer, frame.byteOffset, frame.length);
    if (commands.indexOf(SUB) === 0) this.#inboxId = sidOf(commands) ?? this.#inboxId;
    if (this.#inboxId !== undefined) this.#answer(commands, this.#inboxId);
  }

  /** To each publish that has a reply subject, in one frame, what a stream would say. */
  #answer(commands: Buffer, inboxId: string): void {
    const answers: string[] = [];
    for (let at = 0; at < commands.length; ) {
      const end = commands.indexOf('\r\n', at);
      const [verb, , ...rest] = commands.toString('latin1', at, end).split(' ');
      at = end + 2;
      if (verb !== 'PUB' && verb !== 'HPUB') continue;
      at += Number(rest.at(-1)) + 2;
      const reply = rest.length > (verb === 'PUB' ? 1 : 2) ? rest[0] : undefined;
      if (reply) answers.push(`MSG ${reply} ${inboxId} ${PUB_ACK.length}\r\n${PUB_ACK}\r\n`);
    }
    if (answers.length > 0) this.feed(Buffer.from(answers.join('')));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    while (!this.isClosed) {
      const frames = this.#frames;
      this.#frames = [];
      yield* frames;
      if (this.#frames.length > 0 || this.isClosed) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  isEncrypted(): boolean {
    return false;
  }

  closed(): Promise<undefined | Error> {
    return this.#closed.promise;
  }

  close(error?: Error): Promise<void> {
    this.closeError = error;
    this.discard();
    return Promise.resolve();
  }

  disconnect(): void {
    this.discard();
  }

  discard(): void {
    this.isClosed = true;
    this.#wake?.();
    this.#closed.resolve(this.closeError);
  }
}

/** The id of the first subscription of `commands`. */
function sidOf(commands: Buffer): string | undefined {
  return commands.toString('latin1', 0, commands.indexOf('\r\n')).split(' ').at(-1);
}
