import { ATTR } from '@hopline/model';
import { context } from '@opentelemetry/api';
import type { ActiveOperation } from '../kernel/active-operation.ts';
import { ownedHeaders } from '../kernel/carrier.ts';
import { factsOf } from '../kernel/connection-facts.ts';
import type { Destination } from '../kernel/destination.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { NatsHeaders, Payload, Protocol, PublishOptions } from '../kernel/nats-internals.ts';
import { CREATE, PUBLISH, PUBLISH_BATCH } from '../kernel/operations.ts';
import { beginSend } from './send.ts';

/** What the server says when it has stored a batch. */
export interface BatchAck {
  stream?: string;
  seq?: number;
  domain?: string;
}

export interface BatchMessage {
  subject: string;
  payload: Payload | undefined;
  options: PublishOptions | undefined;
}

/**
 * One batch: a create span for each message, whose context travels with it, and one span that sends
 * them all, from the first message to the server's answer for the batch. Without create spans the
 * sending span's context travels. A batch that is never committed has no sending span.
 */
export class BatchSend {
  readonly #kernel: Kernel;
  readonly #protocol: Protocol;
  readonly #destination: Destination;
  readonly #active: ActiveOperation;
  readonly #creates: boolean;
  #count = 0;
  #ended = false;

  constructor(kernel: Kernel, protocol: Protocol, subject: string) {
    this.#kernel = kernel;
    this.#protocol = protocol;
    this.#destination = kernel.destinations.of(subject);
    this.#creates = kernel.policy.createSpans;
    this.#active = kernel.begin({
      operation: this.#creates ? PUBLISH_BATCH : PUBLISH,
      facts: factsOf(protocol),
      destination: this.#destination,
      parent: context.active(),
    });
  }

  /** The options to send `message` with; the caller's are not touched. */
  add({ subject, payload, options }: BatchMessage): PublishOptions {
    this.#count += 1;
    const headers = this.#creates
      ? this.#create({ subject, payload, options })
      : this.#carry(options?.headers);
    return headers ? { ...options, headers } : { ...options };
  }

  #create({ subject, payload, options }: BatchMessage): NatsHeaders | undefined {
    const { active, headers } = beginSend(this.#kernel, {
      operation: CREATE,
      protocol: this.#protocol,
      subject,
      destination: this.#kernel.destinations.of(subject),
      payload,
      headers: options?.headers,
    });
    active.end();
    if (this.#active.span.isRecording()) {
      this.#active.span.addLink({ context: active.span.spanContext() });
    }
    return headers;
  }

  #carry(given: NatsHeaders | undefined): NatsHeaders | undefined {
    const { headersClass } = this.#kernel;
    return headersClass ? ownedHeaders(given, this.#active.context, headersClass) : given;
  }

  stored(ack: BatchAck): void {
    const { span } = this.#active;
    if (span.isRecording()) {
      if (ack.stream) span.setAttribute(ATTR.stream, ack.stream);
      if (ack.seq) span.setAttribute(ATTR.streamSequence, ack.seq);
      if (ack.domain) span.setAttribute(ATTR.domain, ack.domain);
    }
    this.#end({});
  }

  failed(error: unknown): void {
    this.#end({ error });
  }

  #end(outcome: { error?: unknown }): void {
    if (this.#ended) return;
    this.#ended = true;
    const { span } = this.#active;
    if (span.isRecording()) span.setAttribute(ATTR.batchCount, this.#count);
    this.#active.end(outcome);
    const facts = factsOf(this.#protocol);
    const { metricAttributes } = facts.prepare(PUBLISH, this.#destination);
    this.#kernel.metrics.sentMore(this.#count - 1, metricAttributes);
  }
}
