import type {
  Attributes,
  Context,
  DiagLogger,
  Link,
  SpanOptions,
  Tracer,
} from '@opentelemetry/api';
import type { NatsInstrumentationConfig } from '../nats-instrumentation-config.ts';
import { Attempts } from '../policy/attempts.ts';
import { Policy } from '../policy/policy.ts';
import type { ActiveOperation } from './active-operation.ts';
import { Clock } from './clock.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import type { Destination } from './destination.ts';
import { Destinations } from './destinations.ts';
import { TracerWatch } from './idle.ts';
import type { MessagingMetrics } from './metrics.ts';
import type { NatsHeadersClass, NatsMessage } from './nats-internals.ts';
import type { Operation } from './operations.ts';
import { RunningOperation } from './running-operation.ts';

/** What the kernel needs from the instrumentation that owns it. */
export interface KernelHost {
  tracer(): Tracer;
  diag: DiagLogger;
}

export interface Begin {
  operation: Operation;
  facts: ConnectionFacts;
  destination: Destination;
  parent: Context;
  links?: Link[] | undefined;
  /** Added to the metrics of this operation: consumer group, subscription. */
  metricAttributes?: Attributes | undefined;
  /** The message was counted before, when `next()` received it. */
  counted?: boolean;
}

/** What all surfaces share: tracer, clock, metrics, and the promise never to throw. */
export class Kernel {
  readonly clock = new Clock();
  metrics: MessagingMetrics;
  /** What the user decides; replaced as a whole when the configuration changes. */
  policy: Policy;
  readonly attempts = new Attempts();
  readonly destinations = new Destinations();
  /** The client's header class, learnt when its file is loaded; injection needs it. */
  headersClass: NatsHeadersClass | undefined;
  readonly #host: KernelHost;
  readonly #tracers = new TracerWatch();
  #quietDepth = 0;
  #answered: NatsMessage | undefined;

  constructor(host: KernelHost, metrics: MessagingMetrics) {
    this.#host = host;
    this.metrics = metrics;
    this.policy = new Policy({}, host.diag);
  }

  configure(config: NatsInstrumentationConfig): void {
    this.policy = new Policy(config, this.#host.diag);
    this.destinations.useRules(config.subjectTemplates ?? []);
  }

  /** True while the client's own code subscribes or publishes on behalf of an operation we know. */
  get quiet(): boolean {
    return this.#quietDepth > 0;
  }

  /** Runs `work`, and whatever it calls synchronously, without instrumentation. */
  quietly<T>(work: () => T): T {
    this.#quietDepth += 1;
    try {
      return work();
    } finally {
      this.#quietDepth -= 1;
    }
  }

  /** The message that `msg.respond` is answering right now; only ever set during that call. */
  get answered(): NatsMessage | undefined {
    return this.#answered;
  }

  answering<T>(message: NatsMessage, work: () => T): T {
    const before = this.#answered;
    this.#answered = message;
    try {
      return work();
    } finally {
      this.#answered = before;
    }
  }

  /** Runs our own code on a user's path: what it throws goes to the diagnostics log, never further. */
  guard<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }

  /** A failure of our own. */
  report(error: unknown): void {
    this.#host.diag.error('cannot instrument a NATS operation', error);
  }

  /** True while neither spans nor metrics nor contexts reach anyone: then the client runs as it is. */
  get idle(): boolean {
    return this.metrics.idle && this.#tracers.isIdle(this.#host.tracer());
  }

  get tracer(): Tracer {
    return this.#host.tracer();
  }

  begin({
    operation,
    facts,
    destination,
    parent,
    links,
    metricAttributes,
    counted,
  }: Begin): ActiveOperation {
    const prepared = facts.prepare(operation, destination);
    const startedMs = this.clock.nowMs();
    const options: SpanOptions = {
      kind: operation.kind,
      attributes: prepared.attributes,
      startTime: startedMs,
    };
    if (links) options.links = links;
    const span = this.#host.tracer().startSpan(prepared.spanName, options, parent);
    const measured = metricAttributes
      ? prepared.measuredWith(metricAttributes)
      : prepared.metricAttributes;
    const { type } = operation;
    if (type === 'process' && !counted) this.metrics.consumed(measured);
    return new RunningOperation(this, {
      type,
      span,
      parent,
      startedMs,
      metricAttributes: measured,
    });
  }

  /**
   * Ends `active` when `promise` settles and returns a promise to give the user instead: a rejection
   * nobody handles must stay unhandled.
   */
  endWith<T>(
    active: ActiveOperation,
    promise: Promise<T>,
    onValue?: (value: T) => void,
  ): Promise<T> {
    return promise.then(
      (value) => {
        if (onValue) this.guard(() => onValue(value));
        active.end();
        return value;
      },
      (error) => {
        active.end({ error });
        throw error;
      },
    );
  }
}
