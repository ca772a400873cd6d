import { ATTR } from '@hopline/model';
import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  trace,
} from '@opentelemetry/api';
import { ownedHeaders } from '../kernel/carrier.ts';
import { factsOf, type PublishPlan } from '../kernel/connection-facts.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { contextWith } from '../kernel/message-context.ts';
import type { AnyMethod, NatsHeadersClass, Payload, Protocol } from '../kernel/nats-internals.ts';
import { framesReplace, TRACE_BLOCK_BYTES } from '../kernel/publish-frame.ts';
import { RunningOperation } from '../kernel/running-operation.ts';
import { traceHeaders } from '../kernel/trace-headers.ts';
import { isValidSpanContext } from '../kernel/valid-span-context.ts';
import { propagatesW3cOnly } from '../kernel/w3c-only.ts';
import { requestIdOf } from '../propagation/request-id.ts';

/**
 * The way of most messages: no headers, no reply, nobody looks at what is sent, and a context that is one
 * `traceparent`. The same span, metrics and bytes as on the general way, with a few objects instead
 * of many.
 */
export class QuickPublish {
  readonly #kernel: Kernel;
  readonly #original: AnyMethod;
  readonly #destinationOf: Parameters<ReturnType<typeof factsOf>['publishPlan']>[2];
  /** Known with the first message: then the client's files are loaded. */
  #replaces: boolean | undefined;

  constructor(kernel: Kernel, original: AnyMethod) {
    this.#kernel = kernel;
    this.#original = original;
    this.#destinationOf = (subject) => kernel.destinations.of(subject);
  }

  /** Publishes and says true, or leaves a message alone that is not simple. Throws what the client throws. */
  tries(protocol: Protocol, subject: string, payload: Payload | undefined): boolean {
    const kernel = this.#kernel;
    const started = this.#begin(protocol, subject, payload);
    if (!started) return false;
    try {
      this.#send(protocol, started);
    } catch (error) {
      const { span, parent, startedMs, plan } = started;
      const { metricAttributes } = plan.prepared;
      const begun = { type: 'send', span, parent, startedMs, metricAttributes } as const;
      new RunningOperation(kernel, begun).end({ error });
      kernel.metrics.sentSize(started.body.length, metricAttributes);
      throw error;
    }
    this.#end(started);
    return true;
  }

  #begin(
    protocol: Protocol,
    subject: string,
    payload: Payload | undefined,
  ): SimpleSend | undefined {
    const kernel = this.#kernel;
    try {
      const { policy, headersClass } = kernel;
      if (kernel.quiet || kernel.answered || policy.watchesSends || policy.marksPublishTime) {
        return undefined;
      }
      const body = bodyOf(payload);
      if (!body || !headersClass || !fits(protocol, body.length) || !propagatesW3cOnly()) {
        return undefined;
      }
      this.#replaces ??= framesReplace(this.#original, (spanContext) =>
        traceHeaders({ spanContext }, headersClass),
      );
      if (!this.#replaces) return undefined;
      const { version } = kernel.destinations;
      const plan = factsOf(protocol).publishPlan(subject, version, this.#destinationOf);
      const parent = context.active();
      if (!plan || (parent !== ROOT_CONTEXT && carriesMore(parent))) return undefined;
      return new SimpleSend(kernel, { plan, body, parent });
    } catch (error) {
      kernel.report(error);
      return undefined;
    }
  }

  #send(protocol: Protocol, { plan, body, span, parent }: SimpleSend): void {
    const spanContext = span.spanContext();
    if (isValidSpanContext(spanContext) && !spanContext.traceState) {
      plan.frame.send(protocol, body, spanContext);
      return;
    }
    // A sampler has added trace state, or tracing is suppressed: the propagator knows what to write.
    const { headersClass } = this.#kernel as { headersClass: NatsHeadersClass };
    const headers = ownedHeaders(undefined, contextWith(parent, span), headersClass);
    this.#original.call(protocol, plan.subject, body, { headers });
  }

  #end({ span, startedMs, plan, body }: SimpleSend): void {
    const kernel = this.#kernel;
    try {
      const endMs = kernel.clock.nowMs();
      if (span.isRecording()) span.end(endMs);
      const seconds = (endMs - startedMs) / 1000;
      kernel.metrics.published(seconds, body.length, plan.prepared.metricAttributes);
    } catch (error) {
      kernel.report(error);
    }
  }
}

interface Simple {
  plan: PublishPlan;
  body: Uint8Array;
  parent: Context;
}

/** One such message, under way. */
class SimpleSend {
  readonly plan: PublishPlan;
  readonly body: Uint8Array;
  readonly parent: Context;
  readonly startedMs: number;
  readonly span: Span;

  constructor(kernel: Kernel, { plan, body, parent }: Simple) {
    const { spanName, attributes } = plan.prepared;
    this.plan = plan;
    this.body = body;
    this.parent = parent;
    this.startedMs = kernel.clock.nowMs();
    const options = { kind: SpanKind.PRODUCER, attributes, startTime: this.startedMs };
    this.span = kernel.tracer.startSpan(spanName, options, parent);
    if (this.span.isRecording()) this.span.setAttribute(ATTR.bodySize, body.length);
  }
}

const NOTHING = new Uint8Array(0);

/** As the client turns a payload into bytes; undefined for what it refuses. */
function bodyOf(payload: Payload | undefined): Uint8Array | undefined {
  if (payload instanceof Uint8Array) return payload;
  if (payload === undefined) return NOTHING;
  return typeof payload === 'string' ? Buffer.from(payload) : undefined;
}

function fits({ info }: Protocol, bodyBytes: number): boolean {
  if (info?.headers !== true || info.max_payload === undefined) return false;
  return bodyBytes + TRACE_BLOCK_BYTES <= info.max_payload;
}

/** True for a context that may need more headers than a `traceparent`. */
function carriesMore(active: Context): boolean {
  if (propagation.getBaggage(active) !== undefined) return true;
  if (requestIdOf(active) !== undefined) return true;
  return Boolean(trace.getSpanContext(active)?.traceState);
}
