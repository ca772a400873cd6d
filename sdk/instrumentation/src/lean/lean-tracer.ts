import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  type Span,
  SpanKind,
  type SpanOptions,
  TraceFlags,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { NumericSpanContext } from '../kernel/numeric-span-context.ts';
import type { PassingTracer } from '../kernel/unrecorded-delivery.ts';
import { isValidSpanContext } from '../kernel/valid-span-context.ts';
import type { LeanSampler } from './lean-sampler.ts';
import { LeanSpan, type SpanHome, unconverted } from './lean-span.ts';

export interface LeanPipeline {
  resource: Resource;
  sampler: LeanSampler;
  /** Shared with the SDK's provider, which ends it. */
  processor: SpanProcessor;
}

/** Makes the tracer of the message spans; everything else in the process keeps the SDK's. */
export class LeanTracerProvider implements TracerProvider {
  readonly #pipeline: LeanPipeline;

  constructor(pipeline: LeanPipeline) {
    this.#pipeline = pipeline;
  }

  getTracer(name: string, version?: string): Tracer {
    const { resource, sampler, processor } = this.#pipeline;
    const scope = version === undefined ? { name } : { name, version };
    return new LeanTracer({ resource, scope, processor }, sampler);
  }
}

class LeanTracer implements PassingTracer {
  readonly #home: SpanHome;
  readonly #sampler: LeanSampler;
  readonly #rootFlags: (idSum: number) => number;

  constructor(home: SpanHome, sampler: LeanSampler) {
    this.#home = home;
    this.#sampler = sampler;
    this.#rootFlags = sampler.rootFlags;
  }

  startSpan(name: string, options: SpanOptions = {}, given: Context = context.active()): Span {
    if (isTracingSuppressed(given)) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const around = options.root ? undefined : trace.getSpan(given);
    const ambient = around?.spanContext();
    const parent = ambient && isValidSpanContext(ambient) ? ambient : undefined;
    const traceFlags = parent && this.#sampler.childFlags(parent);
    // Nobody will see a span that is not sampled: what is active stays what it is.
    if (around && traceFlags === TraceFlags.NONE && !around.isRecording()) return around;
    const spanContext =
      parent && traceFlags !== undefined
        ? NumericSpanContext.child(parent, traceFlags)
        : NumericSpanContext.root(this.#rootFlags);
    if (parent?.traceState) {
      Object.defineProperty(spanContext, 'traceState', { value: parent.traceState });
    }
    if (spanContext.traceFlags === TraceFlags.NONE) return trace.wrapSpanContext(spanContext);
    return new LeanSpan(this.#home, {
      name,
      kind: options.kind ?? SpanKind.INTERNAL,
      spanContext,
      parentSpanContext: parent,
      startTime: unconverted(options.startTime ?? Date.now()),
      attributes: options.attributes,
      links: options.links,
      context: given,
    });
  }

  /** True for a span whose child nobody would see: `startSpan` answers with itself. */
  passesOn(around: Span): boolean {
    const flags = this.#sampler.childFlags(around.spanContext());
    return flags === TraceFlags.NONE && !around.isRecording();
  }

  startActiveSpan<Work extends (span: Span) => unknown>(
    name: string,
    ...rest: [Work] | [SpanOptions, Work] | [SpanOptions, Context, Work]
  ): ReturnType<Work> {
    const work = rest.at(-1) as Work;
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : {};
    const parent = rest.length > 2 ? (rest[1] as Context) : context.active();
    const span = this.startSpan(name, options, parent);
    return context.with(trace.setSpan(parent, span), work as never, undefined, span);
  }
}
