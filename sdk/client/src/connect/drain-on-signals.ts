/**
 * Runs `drain` once at the first of these signals, and then ends the process by that signal, as it would
 * have ended without us; unless somebody else listens for it too: then that one decides. Returns the undo.
 */
export function drainOnSignals(
  signals: readonly NodeJS.Signals[],
  drain: () => Promise<void>,
): () => void {
  const handlers = new Map<NodeJS.Signals, () => void>();
  const remove = (): void => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
    handlers.clear();
  };
  for (const signal of signals) {
    const handler = (): void => {
      void drain().finally(() => {
        remove();
        if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
      });
    };
    handlers.set(signal, handler);
    process.once(signal, handler);
  }
  return remove;
}
