import { setTimeout as sleep } from 'node:timers/promises';
import { WaitTimeout } from './errors.ts';

export interface WaitOptions {
  /** What is awaited, as in "cannot see <message>". */
  message: string;
  /** Default 30,000. */
  timeoutMs?: number;
  intervalMs?: number;
}

/** Long: it is spent only when a test fails, and a busy machine can take seconds for anything. */
const DEFAULT_TIMEOUT_MS = 30_000;

type Pending = undefined | null | false | 0 | '';

/**
 * Polls until the probe gives something other than nothing, and returns it. A probe that throws counts
 * as "not yet"; its last error becomes the cause of the WaitTimeout.
 */
export async function waitFor<T>(
  probe: () => T | Promise<T>,
  options: WaitOptions,
): Promise<Exclude<T, Pending>> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      const seen = await probe();
      if (seen) return seen as Exclude<T, Pending>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(options.intervalMs ?? 25);
  } while (performance.now() < deadline);
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  throw new WaitTimeout(`cannot see ${options.message} within ${timeoutMs} ms${why}`, { cause });
}
