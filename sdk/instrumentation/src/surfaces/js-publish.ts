import { ATTR } from '@hopline/model';
import type { Span } from '@opentelemetry/api';
import type { ActiveOperation } from '../kernel/active-operation.ts';
import { isOwned, ownedHeaders } from '../kernel/carrier.ts';
import { isQuietSend } from '../kernel/destination.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { AnyMethod, Connection, Payload, PublishOptions } from '../kernel/nats-internals.ts';
import { PUBLISH } from '../kernel/operations.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { countAttempts } from './publish-attempts.ts';
import { beginSend, type StartedSend } from './send.ts';
import { activeStoreCall, isObjectChunk, isStoreSubject } from './store-call.ts';
import { JETSTREAM, type Surface } from './surface.ts';

interface JetStreamPublishOptions extends PublishOptions {
  msgID?: string;
  retries?: number;
}

interface PubAck {
  stream: string;
  seq: number;
  domain?: string;
  duplicate?: boolean;
}

/**
 * `js.publish`: one span from the call to the PubAck, whatever retries it takes; they are its events. The
 * request behind it carries headers that are already ours and therefore makes no span.
 */
export const jsPublishSurface: Surface = {
  ...JETSTREAM,
  file: 'lib/jsclient.js',
  patch: (exports, kernel) =>
    wrapMethod(exports.JetStreamClientImpl?.prototype, 'publish', (original) =>
      tracedPublish(kernel, original),
    ),
};

function tracedPublish(kernel: Kernel, original: AnyMethod): AnyMethod {
  return function publish(this: { nc: Connection }, ...args: PublishArguments) {
    const [subject, payload, options] = args;
    const store = activeStoreCall();
    if (store && isStoreSubject(subject)) {
      const sent = kernel.guard(() => storedOptions(kernel, store, { subject, options }));
      const acknowledged: Promise<PubAck> = original.call(this, subject, payload, sent ?? options);
      return acknowledged.then((ack) => {
        kernel.guard(() => recordAck(store.span, ack));
        return ack;
      });
    }
    const started = kernel.guard(() => begin(kernel, this.nc, { subject, payload, options }));
    if (!started) return original.apply(this, args);
    const { active, headers } = started;
    if (options?.retries) countAttempts(headers, active.span);
    const sent = headers ? { ...options, headers } : options;
    const acknowledged: Promise<PubAck> = original.call(this, subject, payload, sent);
    return kernel.endWith(active, acknowledged, (ack) => {
      recordAck(active.span, ack);
      if (kernel.policy.watchesResponses) {
        kernel.policy.onResponse(active.span, { operation: 'publish', subject, response: ack });
      }
    });
  };
}

type PublishArguments = [subject: string, payload?: Payload, options?: JetStreamPublishOptions];

interface PublishCall {
  subject: string;
  payload: Payload | undefined;
  options: JetStreamPublishOptions | undefined;
}

function begin(kernel: Kernel, nc: Connection, call: PublishCall): StartedSend | undefined {
  if (kernel.quiet || isOwned(call.options?.headers) || isQuietSend(call.subject)) return undefined;
  return beginSend(kernel, {
    operation: PUBLISH,
    protocol: nc.protocol,
    subject: call.subject,
    destination: kernel.destinations.of(call.subject),
    payload: call.payload,
    headers: call.options?.headers,
    messageId: call.options?.msgID,
  });
}

/** Headers that let a later reader link to the operation; chunks of an object carry none. */
function storedOptions(
  kernel: Kernel,
  store: ActiveOperation,
  { subject, options }: Pick<PublishCall, 'subject' | 'options'>,
): JetStreamPublishOptions {
  if (!kernel.headersClass || isObjectChunk(subject)) return { ...options };
  return {
    ...options,
    headers: ownedHeaders(options?.headers, store.context, kernel.headersClass),
  };
}

function recordAck(span: Span, ack: PubAck): void {
  if (!span.isRecording()) return;
  span.setAttribute(ATTR.stream, ack.stream);
  span.setAttribute(ATTR.streamSequence, ack.seq);
  span.setAttribute(ATTR.duplicate, ack.duplicate === true);
  if (ack.domain) span.setAttribute(ATTR.domain, ack.domain);
}
