/** The conventional exit code of a process that SIGINT ended. */
const EXIT_FORCED = 130;

/**
 * Resolves when the user, the system or a closing terminal asks for an orderly stop. A second request
 * ends the process at once: whoever presses Ctrl-C twice does not want to wait.
 */
export function stopRequested(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(EXIT_FORCED);
      isStopping = true;
      resolve(signal);
    });
  }
  return promise;
}
