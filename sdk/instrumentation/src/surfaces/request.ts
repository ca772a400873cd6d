import { trace } from '@opentelemetry/api';
import type { ActiveOperation } from '../kernel/active-operation.ts';
import { extractContext, isOwned } from '../kernel/carrier.ts';
import { isQuietSend } from '../kernel/destination.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type {
  AnyMethod,
  Connection,
  NatsHeaders,
  NatsMessage,
  Payload,
  PublishOptions,
} from '../kernel/nats-internals.ts';
import { REQUEST } from '../kernel/operations.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { noteAttempt } from './publish-attempts.ts';
import { beginSend, type StartedSend } from './send.ts';
import { NATS_CORE, type Surface, undoAll } from './surface.ts';

/** What `request` takes when called without options. */
const REQUEST_DEFAULTS = { timeout: 1000, noMux: false };
const REQUEST_MANY_DEFAULTS = { maxWait: 1000, maxMessages: -1 };

/** One span from the question to the answer; the publish and the inbox behind it make none. */
export const requestSurface: Surface = {
  ...NATS_CORE,
  file: 'lib/nats.js',
  patch(exports, kernel) {
    const connection = exports.NatsConnectionImpl?.prototype;
    return undoAll([
      wrapMethod(connection, 'request', (original) => tracedRequest(kernel, original)),
      wrapMethod(connection, 'requestMany', (original) => tracedRequestMany(kernel, original)),
    ]);
  },
};

type RequestArguments = [subject: string, payload?: Payload, options?: PublishOptions];

interface RequestCall {
  subject: string;
  payload: Payload | undefined;
  options: PublishOptions | undefined;
}

function begin(kernel: Kernel, nc: Connection, call: RequestCall): StartedSend | undefined {
  if (kernel.quiet || isOwned(call.options?.headers) || isQuietSend(call.subject)) return undefined;
  return beginSend(kernel, {
    operation: REQUEST,
    protocol: nc.protocol,
    subject: call.subject,
    destination: kernel.destinations.of(call.subject),
    payload: call.payload,
    headers: call.options?.headers,
    core: true,
  });
}

function tracedRequest(kernel: Kernel, original: AnyMethod): AnyMethod {
  return function request(this: Connection, ...args: RequestArguments) {
    const [subject, payload, options] = args;
    const started = kernel.guard(() => begin(kernel, this, { subject, payload, options }));
    if (!started) {
      kernel.guard(() => noteAttempt(kernel, options?.headers));
      return original.apply(this, args);
    }
    const { active, headers } = started;
    const sent = { ...(options ?? REQUEST_DEFAULTS), ...(headers ? { headers } : {}) };
    const answer: Promise<NatsMessage> = kernel.quietly(() =>
      original.call(this, subject, payload, sent),
    );
    return kernel.endWith(active, answer, (reply) =>
      recordReply(kernel, active, { subject, reply }),
    );
  };
}

/** The span ends when the last reply is in, or nobody waits any longer. */
function tracedRequestMany(kernel: Kernel, original: AnyMethod): AnyMethod {
  return function requestMany(this: Connection, ...args: RequestArguments) {
    const [subject, payload, options] = args;
    const started = kernel.guard(() => begin(kernel, this, { subject, payload, options }));
    if (!started) return original.apply(this, args);
    const { active, headers } = started;
    const sent = { ...(options ?? REQUEST_MANY_DEFAULTS), ...(headers ? { headers } : {}) };
    const asker = headers ? publishingWith(this, headers) : this;
    const replies: Promise<Replies> = kernel.quietly(() =>
      original.call(asker, subject, payload, sent),
    );
    return replies.then(
      (iterator) => {
        kernel.guard(() => watchReplies(kernel, active, { iterator, subject }));
        void iterator.iterClosed.then((error) =>
          active.end(error instanceof Error ? { error } : {}),
        );
        return iterator;
      },
      (error) => {
        active.end({ error });
        throw error;
      },
    );
  };
}

/** The iterator over the answers. */
interface Replies {
  iterClosed: Promise<unknown>;
  push(reply: unknown): unknown;
}

function watchReplies(
  kernel: Kernel,
  active: ActiveOperation,
  { iterator, subject }: { iterator: Replies; subject: string },
): void {
  const { push } = iterator;
  iterator.push = function received(this: Replies, pushed: unknown) {
    if (typeof pushed !== 'function') {
      kernel.guard(() => recordReply(kernel, active, { subject, reply: pushed as NatsMessage }));
    }
    return push.call(this, pushed);
  };
}

/** An answer is linked: it may be of another trace, where the responder has one of its own. */
function recordReply(
  kernel: Kernel,
  { span }: ActiveOperation,
  { subject, reply }: { subject: string; reply: NatsMessage },
): void {
  const link = trace.getSpanContext(extractContext(reply));
  if (link && span.isRecording()) span.addLink({ context: link });
  if (kernel.policy.watchesResponses) {
    kernel.policy.onResponse(span, { operation: 'request', subject, response: reply });
  }
}

/** The connection, publishing `headers`: the legacy client drops those of a request without mux. */
function publishingWith(nc: Connection, headers: NatsHeaders): Connection {
  return Object.create(nc, {
    publish: {
      value: (subject: string, payload: Payload, options: PublishOptions) =>
        nc.publish(subject, payload, { headers, ...withoutUndefined(options) }),
    },
  });
}

function withoutUndefined({ headers, ...options }: PublishOptions): PublishOptions {
  return headers ? { ...options, headers } : options;
}
