/**
 * The shapes inside the NATS clients that the surfaces touch. Structural on purpose: several copies
 * and versions of the client may live in one process.
 */
export interface NatsHeaders extends Iterable<[string, string[]]> {
  headers: Map<string, string[]>;
  readonly code: number;
  readonly description: string;
  encode(): Uint8Array;
}

export type NatsHeadersClass = new (code?: number, description?: string) => NatsHeaders;

export interface ServerInfo {
  client_id?: number;
  headers?: boolean;
  max_payload?: number;
}

/** `ProtocolHandler`: every outbound byte passes its `publish`. */
export interface Protocol {
  info?: ServerInfo;
  options: { name?: string; inboxPrefix?: string };
  server?: { hostname: string; port: number };
  outBytes: number;
  outMsgs: number;
  /** Messages read from the connection so far, the one being handled included. */
  inMsgs: number;
  sendCommand(command: Uint8Array, ...payloads: Uint8Array[]): void;
  publish(subject: string, payload?: Payload, options?: PublishOptions): void;
}

export type Payload = Uint8Array | string;

export interface PublishOptions {
  reply?: string;
  headers?: NatsHeaders;
}

/** A core message or a JetStream message: both have these. */
export interface NatsMessage {
  readonly subject: string;
  readonly reply?: string;
  readonly headers?: NatsHeaders;
  readonly data: Uint8Array;
}

/** `MsgImpl`. */
export interface CoreMessage extends NatsMessage {
  publisher: Protocol;
}

/** What the parser left of a core message: bytes that nobody has decoded yet. */
export interface RawMessage {
  _msg: { subject: Uint8Array; reply?: Uint8Array | undefined; hdr: number };
  _rdata: Uint8Array;
}

/** The undecoded form of a message; undefined where the client keeps it otherwise. */
export function rawMessageOf(message: NatsMessage): RawMessage | undefined {
  const core = ((message as Partial<JetStreamMessage>).msg ?? message) as Partial<RawMessage>;
  return typeof core._msg?.hdr === 'number' && core._rdata ? (core as RawMessage) : undefined;
}

/** Bytes of the body; `data` would make a new view each time. */
export function bodySizeBytes(message: NatsMessage): number {
  const raw = rawMessageOf(message);
  return raw ? raw._rdata.length - Math.max(0, raw._msg.hdr) : message.data.length;
}

/** The reply subject, or undefined; the client would decode an absent one again at each look. */
export function replyOf(message: NatsMessage): string | undefined {
  const raw = rawMessageOf(message);
  return raw && !raw._msg.reply?.length ? undefined : message.reply;
}

/** `JsMsgImpl`. */
export interface JetStreamMessage extends NatsMessage {
  msg: CoreMessage;
  didAck: boolean;
}

export interface Connection {
  protocol: Protocol;
  publish(subject: string, payload?: Payload, options?: PublishOptions): void;
}

/** `PullConsumerImpl` and `PushConsumerImpl`. */
export interface ConsumerHandle {
  api: { nc: Connection };
  _info: { name: string; stream_name: string; config: ConsumerSettings };
}

export interface ConsumerSettings {
  durable_name?: string;
  deliver_group?: string;
  filter_subject?: string;
  filter_subjects?: string[];
}

// biome-ignore lint/suspicious/noExplicitAny: a library's method, called back with what it was given
export type AnyMethod = (this: any, ...args: any[]) => any;
export type Prototype = Record<PropertyKey, unknown>;
