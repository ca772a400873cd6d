import type { AnyMethod, Prototype } from './nats-internals.ts';

/** Takes a patch back. */
export type Undo = () => void;

/** One mark for every copy of this package, so that two registrations still give one span. */
const WRAPPED = Symbol.for('hopline.nats.wrapped');

/**
 * Replaces `prototype[name]` by what `make` returns. Does nothing where the method is missing (another
 * version of the client) or is already wrapped by another copy of this package.
 */
export function wrapMethod(
  prototype: object | undefined,
  name: PropertyKey,
  make: (original: AnyMethod) => AnyMethod,
): Undo {
  const target = prototype as Prototype | undefined;
  const original = target?.[name];
  if (!target || typeof original !== 'function' || WRAPPED in original) return () => {};
  const wrapped = make(original as AnyMethod);
  Object.defineProperty(wrapped, 'name', { value: original.name, configurable: true });
  Object.defineProperty(wrapped, WRAPPED, { value: true });
  define(target, name, wrapped);
  return () => {
    if (target[name] === wrapped) define(target, name, original);
  };
}

function define(target: Prototype, name: PropertyKey, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: false,
  });
}
