import type { NatsMessage, Prototype } from '../kernel/nats-internals.ts';

/** Classes of the client by their names, as the exports of its files would have them. */
export type Classes = Record<string, { prototype: Prototype } | undefined>;

/** How long the server may take to say that nobody listens. */
const PROBE_TIMEOUT_MS = 2000;
/** Nobody subscribes to it. */
const PROBE_SUBJECT = '_HOPLINE.PROBE';

interface Subscription {
  unsubscribe(): void;
}

/** `NatsConnectionImpl`. */
export interface AnyConnection {
  protocol: object;
  options: { inboxPrefix?: string };
  subscribe(subject: string, options: object): Subscription;
  publish(subject: string, payload: string, options: object): void;
}

/**
 * The classes behind an open connection, without access to the client's files. The class of messages and
 * that of headers show only on a message that has headers: the server sends one, saying that nobody is
 * there, to whoever asks where nobody listens.
 */
export async function learnCore(nc: AnyConnection): Promise<Classes> {
  const inbox = `${nc.options.inboxPrefix ?? '_INBOX'}.HOPLINE${Math.random().toString(36).slice(2)}`;
  let subscription: Subscription | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const status = await new Promise<NatsMessage>((resolve, reject) => {
      const callback = (error: unknown, message: NatsMessage): void =>
        error ? reject(error) : resolve(message);
      subscription = nc.subscribe(inbox, { max: 1, callback });
      nc.publish(PROBE_SUBJECT, '', { reply: inbox });
      timer = setTimeout(
        () => reject(new Error(`no answer within ${PROBE_TIMEOUT_MS} ms`)),
        PROBE_TIMEOUT_MS,
      );
    });
    const SubscriptionImpl = classOf(subscription);
    return {
      NatsConnectionImpl: classOf(nc),
      ProtocolHandler: classOf(nc.protocol),
      SubscriptionImpl,
      QueuedIteratorImpl: classOf(Object.getPrototypeOf(SubscriptionImpl?.prototype ?? {})),
      MsgImpl: classOf(status),
      MsgHdrsImpl: classOf(status.headers),
    };
  } catch (cause) {
    throw new Error(`cannot instrument a NATS connection: ${String(cause)}`, { cause });
  } finally {
    clearTimeout(timer);
    subscription?.unsubscribe();
  }
}

interface JetStreamClient {
  consumers: object;
}

interface Consumer {
  consume(...args: unknown[]): Promise<Messages>;
  fetch?(...args: unknown[]): Promise<Messages>;
}

interface Messages {
  _push(pushed: unknown): unknown;
}

const CONSUMER_GETTERS = ['get', 'getPushConsumer', 'getBoundPushConsumer'];

/** The classes behind a JetStream client, a key-value bucket or an object store; more as they show. */
export function learnPart(part: object, found: (classes: Classes) => void): void {
  const own = classOf(part);
  if ('putBlob' in part) found({ ObjectStoreImpl: own });
  else if ('history' in part && 'watch' in part) found({ Bucket: own });
  else if ('consumers' in part) {
    found({ JetStreamClientImpl: own });
    learnConsumers((part as JetStreamClient).consumers, found);
  }
}

function learnConsumers(consumers: object, found: (classes: Classes) => void): void {
  const methods = consumers as Record<
    string,
    ((...args: unknown[]) => Promise<Consumer>) | undefined
  >;
  for (const name of CONSUMER_GETTERS) {
    const original = methods[name];
    if (!original) continue;
    methods[name] = async (...args) => {
      const consumer = await original.apply(consumers, args);
      learnConsumer(consumer, found);
      return consumer;
    };
  }
}

function learnConsumer(consumer: Consumer, found: (classes: Classes) => void): void {
  const pull = typeof consumer.fetch === 'function';
  found({ [pull ? 'PullConsumerImpl' : 'PushConsumerImpl']: classOf(consumer) });
  const learnMessages = (messages: Messages): Messages => {
    found({ [pull ? 'PullConsumerMessagesImpl' : 'PushConsumerMessagesImpl']: classOf(messages) });
    // Read after that: from now on it notes when a message came.
    const push = messages._push;
    messages._push = function learnMessage(pushed) {
      if (typeof pushed === 'object' && pushed) found({ JsMsgImpl: classOf(pushed) });
      return push.call(this, pushed);
    };
    return messages;
  };
  const { consume, fetch } = consumer;
  consumer.consume = async (...args) => learnMessages(await consume.apply(consumer, args));
  if (fetch) consumer.fetch = async (...args) => learnMessages(await fetch.apply(consumer, args));
}

function classOf(object: object | undefined): { prototype: Prototype } | undefined {
  return object?.constructor as unknown as { prototype: Prototype } | undefined;
}
