import { ATTR } from '@hopline/model';
import { type Context, context, type Link, trace } from '@opentelemetry/api';
import type { ActiveOperation } from '../kernel/active-operation.ts';
import { headerValue, ownedHeaders, traceOnlyHeaders, userContext } from '../kernel/carrier.ts';
import { factsOf } from '../kernel/connection-facts.ts';
import type { Destination } from '../kernel/destination.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { NatsHeaders, Payload, Protocol } from '../kernel/nats-internals.ts';
import type { Operation } from '../kernel/operations.ts';
import { schemaAttributes } from '../kernel/schema-attributes.ts';
import { markPublishTime } from '../propagation/publish-time.ts';

export interface Send {
  operation: Operation;
  protocol: Protocol;
  /** As the caller gave it. */
  subject: string;
  destination: Destination;
  payload: Payload | undefined;
  headers: NatsHeaders | undefined;
  /** `Nats-Msg-Id` where it is an option and not yet a header. */
  messageId?: string | undefined;
  /** No server says when it had the message; so the message itself may (see `publishTimeHeader`). */
  core?: boolean;
  /** Parent when nothing is active. */
  fallback?: ReturnType<typeof context.active> | undefined;
}

export interface StartedSend {
  active: ActiveOperation;
  /** To be sent in place of the caller's headers. */
  headers: NatsHeaders | undefined;
}

/** Headers that a context adds at most: traceparent, tracestate (512) and some baggage. */
const INJECTION_BYTES = 16_384;

/** Begins one outgoing message: the span, and the header copy that carries its context. */
export function beginSend(kernel: Kernel, send: Send): StartedSend {
  const facts = factsOf(send.protocol);
  const ambient = context.active();
  const parent = trace.getSpan(ambient) ? ambient : (send.fallback ?? ambient);
  const active = kernel.begin({
    operation: send.operation,
    facts,
    destination: send.destination,
    parent,
    links: send.headers && userLinks(send.headers),
  });
  const bodySize = sizeBytes(send.payload);
  kernel.metrics.sentSize(bodySize, active.metricAttributes);
  if (active.span.isRecording()) {
    active.span.setAttribute(ATTR.bodySize, bodySize);
    const id = send.messageId ?? headerValue(send.headers, 'Nats-Msg-Id');
    if (id) active.span.setAttribute(ATTR.messageId, id);
    active.span.setAttributes(schemaAttributes(send.headers));
  }
  if (kernel.policy.watchesSends) {
    const { operation, subject, payload, headers } = send;
    kernel.policy.onSend(active.span, { operation: operation.name, subject, payload, headers });
  }
  return { active, headers: carried(kernel, send, { active, parent }) ?? send.headers };
}

interface Begun {
  active: ActiveOperation;
  parent: Context;
}

function carried(kernel: Kernel, send: Send, begun: Begun): NatsHeaders | undefined {
  try {
    return carry(kernel, send, begun);
  } catch (error) {
    kernel.report(error);
    return undefined;
  }
}

/** Headers with the context, or undefined where sending them could fail a message that is fine. */
function carry(kernel: Kernel, send: Send, { active, parent }: Begun): NatsHeaders | undefined {
  const { info } = send.protocol;
  const { headersClass } = kernel;
  if (!headersClass || info?.headers === false) return undefined;
  const marked = send.core === true && kernel.policy.marksPublishTime;
  const carrying = { span: active.span, parent, given: send.headers };
  const copy =
    (marked ? undefined : traceOnlyHeaders(carrying, headersClass)) ??
    ownedHeaders(send.headers, active.context, headersClass);
  if (marked) markPublishTime(copy, active.startedMs);
  const limit = info?.max_payload;
  const bodySize = sizeBytes(send.payload);
  if (limit !== undefined && bodySize + INJECTION_BYTES > limit) {
    if (bodySize + copy.encode().length > limit) return undefined;
  }
  return copy;
}

function userLinks(headers: NatsHeaders | undefined): Link[] | undefined {
  const given = userContext(headers);
  const spanContext = given && trace.getSpanContext(given);
  return spanContext ? [{ context: spanContext }] : undefined;
}

function sizeBytes(payload: Payload | undefined): number {
  if (payload === undefined) return 0;
  return typeof payload === 'string' ? Buffer.byteLength(payload) : (payload?.length ?? 0);
}
