/**
 * Runs `action` at once, then not before it is done and `intervalMs` have passed; calls in between run
 * once after that, so that the last one is never lost. A slow server is so asked less often.
 */
export function throttle(
  action: () => Promise<void> | void,
  intervalMs: number,
): { call: () => void; cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isBusy = false;
  let isAsked = false;
  let isCancelled = false;
  const rest = () => {
    if (isCancelled) return;
    timer = setTimeout(() => {
      isBusy = false;
      if (!isAsked) return;
      isAsked = false;
      run();
    }, intervalMs);
  };
  const run = () => {
    isBusy = true;
    const running = action();
    if (running === undefined) rest();
    // The action's failure is its own to show; here it only ends the wait.
    else void running.then(rest, rest);
  };
  return {
    call: () => {
      if (isCancelled) return;
      if (isBusy) isAsked = true;
      else run();
    },
    cancel: () => {
      isCancelled = true;
      clearTimeout(timer);
    },
  };
}
