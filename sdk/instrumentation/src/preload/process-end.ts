const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

export interface ProcessEnd {
  /** Each sends all that one signal still holds. */
  flushes: (() => Promise<void>)[];
  /** The longest that the process waits for its last export. */
  timeoutMs: number;
}

/**
 * Sends what is still queued when the process ends, without changing how it ends. On a signal that the
 * application handles, it decides; on one that it does not, the signal is raised again after the flush
 * and has its usual effect. A process with nothing left to do stays for one flush.
 */
export function flushAtProcessEnd(end: ProcessEnd): void {
  process.once('beforeExit', () => void flush(end));
  for (const signal of SIGNALS) {
    const onSignal = (): void => {
      const handledByOthers = process.listenerCount(signal) > 1;
      void flush(end).then(() => {
        if (handledByOthers) return;
        process.off(signal, onSignal);
        process.kill(process.pid, signal);
      });
    };
    process.on(signal, onSignal);
  }
}

/** Resolves when everything is sent or the time is up; holds the process that long. Never rejects. */
async function flush({ flushes, timeoutMs }: ProcessEnd): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([Promise.allSettled(flushes.map((flushOne) => flushOne())), timeUp]);
  clearTimeout(timer);
}
