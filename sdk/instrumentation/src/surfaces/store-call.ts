import { ATTR } from '@hopline/model';
import { type Attributes, context, createContextKey } from '@opentelemetry/api';
import type { ActiveOperation } from '../kernel/active-operation.ts';
import { factsOf } from '../kernel/connection-facts.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { AnyMethod, Payload, Protocol } from '../kernel/nats-internals.ts';
import type { Operation } from '../kernel/operations.ts';

/** One operation on a key-value bucket or an object store. */
export interface StoreCall {
  operation: Operation;
  protocol: Protocol;
  /** Where the value is kept, such as `$KV.orders.4711`. */
  subject: string;
  /** The subject of the whole store: keys and object names are too many for a span's name. */
  template: string;
  attributes: Attributes;
  payload?: Payload | undefined;
}

const STORE_CALL = createContextKey('hopline.nats.store-call');

/** The store operation that the current code serves; what it does in turn makes no spans. */
export function activeStoreCall(): ActiveOperation | undefined {
  return context.active().getValue(STORE_CALL) as ActiveOperation | undefined;
}

export function isStoreSubject(subject: string): boolean {
  return (
    subject.startsWith('$KV.') ||
    subject.startsWith('$O.') ||
    /^\$JS\.[^.]+\.API\.\$KV\./.test(subject)
  );
}

/** Chunks of an object, as opposed to the message that describes it. */
export function isObjectChunk(subject: string): boolean {
  return /^\$O\.[^.]+\.C\./.test(subject);
}

export interface TracedStoreCall {
  describe(this: void, self: unknown, args: unknown[]): StoreCall;
  /** Sees the result; may answer a promise that says when the operation is really over. */
  onResult?(this: void, active: ActiveOperation, result: unknown): Promise<unknown> | undefined;
}

/** `original` as one span, whatever messages it takes. */
export function tracedStoreCall(
  kernel: Kernel,
  original: AnyMethod,
  { describe, onResult }: TracedStoreCall,
): AnyMethod {
  return function storeCall(this: unknown, ...args: unknown[]) {
    if (kernel.idle || kernel.quiet || activeStoreCall()) return original.apply(this, args);
    const active = kernel.guard(() => begin(kernel, describe(this, args)));
    if (!active) return original.apply(this, args);
    let result: Promise<unknown>;
    try {
      const inside = active.context.setValue(STORE_CALL, active);
      result = context.with(inside, () => original.apply(this, args));
    } catch (error) {
      active.end({ error });
      throw error;
    }
    return settled(kernel, active, { result, onResult });
  };
}

function begin(kernel: Kernel, call: StoreCall): ActiveOperation {
  const { operation, protocol, subject, template, attributes, payload } = call;
  const active = kernel.begin({
    operation,
    facts: factsOf(protocol),
    destination: { name: subject, template, temporary: false },
    parent: context.active(),
  });
  if (active.span.isRecording()) active.span.setAttributes(attributes);
  if (operation.type === 'send' && kernel.policy.watchesSends) {
    kernel.policy.onSend(active.span, {
      operation: operation.name,
      subject,
      payload,
      headers: undefined,
    });
  }
  return active;
}

interface Settled {
  result: Promise<unknown>;
  onResult: TracedStoreCall['onResult'];
}

function settled(
  kernel: Kernel,
  active: ActiveOperation,
  { result, onResult }: Settled,
): Promise<unknown> {
  return result.then(
    (value) => {
      const over = kernel.guard(() => onResult?.(active, value));
      if (over) {
        over.then(
          (error) => active.end(error instanceof Error ? { error } : {}),
          (error) => active.end({ error }),
        );
      } else active.end();
      return value;
    },
    (error) => {
      active.end({ error });
      throw error;
    },
  );
}

/** Size of a value for the span; unknown for a stream. */
export function sizeAttribute(value: unknown): Attributes {
  if (typeof value === 'string') return { [ATTR.bodySize]: Buffer.byteLength(value) };
  return value instanceof Uint8Array ? { [ATTR.bodySize]: value.length } : {};
}
