/**
 * Runs something whose errors need no stack. nats.js makes two errors for every request, in case it fails,
 * and taking their stacks is two fifths of the CPU time of a publish; they would show nothing but this
 * package. What runs later, after the first `await`, has its stacks. Node itself does so:
 * `isErrorStackTraceLimitWritable` in its lib/internal/errors.js.
 */
export function withoutStack<T>(run: () => T): T {
  const limit = Error.stackTraceLimit;
  if (!Reflect.set(Error, 'stackTraceLimit', 0)) return run();
  try {
    return run();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
