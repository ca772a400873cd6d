/** A low-cardinality name for `error.type`: the class of what really failed. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER';
  // The client wraps what happened to a request into a RequestError.
  if (error.name === 'RequestError' && error.cause instanceof Error) return error.cause.name;
  // The legacy client has one class and a code: `503`, `TIMEOUT`.
  const { code } = error as { code?: unknown };
  if (error.name === 'NatsError' && typeof code === 'string') return code;
  return error.name || '_OTHER';
}
