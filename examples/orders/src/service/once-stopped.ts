import type { Logger } from 'pino';

/** Longest orderly stop: what is still running after it is cut off. */
export const STOP_DEADLINE_MS = 5_000;

/** Runs `stop` once, on SIGTERM, SIGINT or when the process that started this one is gone. */
export function onceStopped(stop: (reason: string) => Promise<void>, log: Logger): void {
  let stopping = false;
  const begin = (reason: string) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    stop(reason)
      .catch((error: unknown) => log.error(error, 'cannot stop in order'))
      .finally(() => {
        if (process.connected) process.disconnect();
      });
  };
  process.once('SIGTERM', () => begin('SIGTERM'));
  process.once('SIGINT', () => begin('SIGINT'));
  if (process.connected) process.once('disconnect', () => begin('parent is gone'));
}
