import { type Context, context } from '@opentelemetry/api';

interface EnterableManager {
  attach?(entered: Context): unknown;
  _asyncLocalStorage?: { enterWith(entered: Context): void };
}

/**
 * Makes `entered` the active context for the rest of the current synchronous run and everything that
 * follows from it. Does nothing where the context manager cannot: then loops run without a message
 * context. The API has no such call before 1.10, so the manager is asked.
 */
export function enterContext(entered: Context): void {
  const manager = (
    context as unknown as { _getContextManager?(): EnterableManager }
  )._getContextManager?.();
  if (typeof manager?.attach === 'function') manager.attach(entered);
  else manager?._asyncLocalStorage?.enterWith?.(entered);
}
