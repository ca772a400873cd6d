import { isOwned } from '../kernel/carrier.ts';
import { factsOf } from '../kernel/connection-facts.ts';
import { contextFor } from '../kernel/delivery.ts';
import { isQuietSend, replyDestination } from '../kernel/destination.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type {
  AnyMethod,
  CoreMessage,
  Payload,
  Protocol,
  PublishOptions,
} from '../kernel/nats-internals.ts';
import { PUBLISH, RESPOND } from '../kernel/operations.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { QuickPublish } from './quick-publish.ts';
import { beginSend, type StartedSend } from './send.ts';
import { NATS_CORE, type Surface } from './surface.ts';

/**
 * The place that every outgoing message passes: `nc.publish`, `publishMessage`, `respondMessage`,
 * `msg.respond`. Requests and JetStream publishes pass it too, with headers that say that their span
 * exists.
 */
export const publishSurface: Surface = {
  ...NATS_CORE,
  file: 'lib/protocol.js',
  patch: (exports, kernel) =>
    wrapMethod(exports.ProtocolHandler?.prototype, 'publish', (original) =>
      tracedPublish(kernel, original),
    ),
};

/** `msg.respond` only tells which message is answered; the publish that follows makes the span. */
export const respondSurface: Surface = {
  ...NATS_CORE,
  file: 'lib/msg.js',
  patch: (exports, kernel) =>
    wrapMethod(
      exports.MsgImpl?.prototype,
      'respond',
      (original) =>
        function respond(this: CoreMessage, ...args: unknown[]) {
          if (kernel.idle) return original.apply(this, args);
          // Answers to `$SRV` and other internal questions are not the application's.
          if (isQuietSend(this.subject)) return kernel.quietly(() => original.apply(this, args));
          return kernel.answering(this, () => original.apply(this, args));
        },
    ),
};

function tracedPublish(kernel: Kernel, original: AnyMethod): AnyMethod {
  const quick = new QuickPublish(kernel, original);
  return function publish(this: Protocol, ...args: PublishArguments) {
    const subject = args[0];
    const payload = args[1];
    const options = args[2];
    if (kernel.idle) return original.call(this, subject, payload, options);
    if (!options?.headers && !options?.reply && quick.tries(this, subject, payload)) return;
    const started = begin(kernel, this, { subject, payload, options });
    if (!started) return original.call(this, subject, payload, options);
    try {
      const result = original.call(this, subject, payload, sendOptions(options, started));
      started.active.end();
      return result;
    } catch (error) {
      started.active.end({ error });
      throw error;
    }
  };
}

function sendOptions(options: PublishOptions | undefined, { headers }: StartedSend) {
  if (!headers) return options;
  return options ? { ...options, headers } : { headers };
}

type PublishArguments = [subject: string, payload?: Payload, options?: PublishOptions];

interface PublishCall {
  subject: string;
  payload: Payload | undefined;
  options: PublishOptions | undefined;
}

function begin(kernel: Kernel, protocol: Protocol, call: PublishCall): StartedSend | undefined {
  try {
    return beginPublish(kernel, protocol, call);
  } catch (error) {
    kernel.report(error);
    return undefined;
  }
}

function beginPublish(
  kernel: Kernel,
  protocol: Protocol,
  call: PublishCall,
): StartedSend | undefined {
  const { subject, payload, options } = call;
  if (kernel.quiet || isOwned(options?.headers)) return undefined;
  const facts = factsOf(protocol);
  const toInbox = facts.isInbox(subject);
  if (!toInbox && facts.isQuietSend(subject)) return undefined;
  const { answered } = kernel;
  const reply = toInbox || answered?.reply === subject;
  return beginSend(kernel, {
    operation: reply ? RESPOND : PUBLISH,
    protocol,
    subject,
    destination: reply ? replyDestination(subject) : kernel.destinations.of(subject),
    payload,
    headers: options?.headers,
    core: true,
    fallback: answered && contextFor(answered),
  });
}
