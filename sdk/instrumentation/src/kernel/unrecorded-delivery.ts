import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import type { ActiveOperation } from './active-operation.ts';
import {
  arrivalMs,
  type Delivery,
  type DeliveryPlan,
  type DeliverySource,
} from './delivery-source.ts';
import { PROCESS } from './operations.ts';
import type { ReceivedContext } from './received-context.ts';
import { RunningOperation } from './running-operation.ts';

/** A tracer that knows of spans whose children would be themselves: no span has to be started then. */
export interface PassingTracer extends Tracer {
  passesOn(span: Span): boolean;
}

export function passesOn(tracer: Tracer, received: ReceivedContext): boolean {
  return 'passesOn' in tracer && (tracer as PassingTracer).passesOn(received);
}

/**
 * The processing of a core message whose trace nobody records, which are most messages of a system that
 * samples. It has a context and is measured; all there is of it is one object.
 */
export class UnrecordedDelivery implements Delivery, ActiveOperation {
  readonly source: DeliverySource;
  readonly metricAttributes: Attributes;
  readonly startedMs: number;
  readonly creation: ReceivedContext;
  #ended = false;
  /** For what is rare: a failure, an end that has to wait. */
  #whole: RunningOperation | undefined;

  constructor(source: DeliverySource, plan: DeliveryPlan, creation: ReceivedContext) {
    this.source = source;
    this.metricAttributes = plan.metricAttributes;
    this.startedMs = arrivalMs(source);
    this.creation = creation;
  }

  get metadata(): undefined {
    return undefined;
  }

  get operation(): this {
    return this;
  }

  get span(): Span {
    return this.creation;
  }

  get context(): ReceivedContext {
    return this.creation;
  }

  get type(): typeof PROCESS.type {
    return PROCESS.type;
  }

  endNotBefore(work: Promise<unknown>): void {
    if (!this.#ended) this.#asWhole().endNotBefore(work);
  }

  end(outcome?: { error?: unknown; atMs?: number }): void {
    if (outcome) {
      if (!this.#ended) this.#asWhole().end(outcome);
    } else this.endAt(this.source.kernel.clock.nowMs());
  }

  endAt(atMs: number): void {
    if (this.#ended) return;
    if (this.#whole) {
      this.#whole.endAt(atMs);
      return;
    }
    this.#ended = true;
    const { kernel } = this.source;
    try {
      kernel.metrics.ended(this, (atMs - this.startedMs) / 1000, this.metricAttributes);
    } catch (error) {
      kernel.report(error);
    }
  }

  #asWhole(): RunningOperation {
    const { type, span, context, startedMs, metricAttributes } = this;
    const begun = { type, span, parent: context, startedMs, metricAttributes };
    this.#whole ??= new RunningOperation(this.source.kernel, begun);
    return this.#whole;
  }
}
