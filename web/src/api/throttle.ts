/**
 * Runs `action` at once, then at most every `intervalMs`; a call in between runs once at the end of the
 * interval, so that the last one is never lost.
 */
export function throttle(
  action: () => void,
  intervalMs: number,
): { call: () => void; cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsked = false;
  const run = () => {
    action();
    timer = setTimeout(() => {
      timer = undefined;
      if (!isAsked) return;
      isAsked = false;
      run();
    }, intervalMs);
  };
  return {
    call: () => {
      if (timer === undefined) run();
      else isAsked = true;
    },
    cancel: () => {
      clearTimeout(timer);
      timer = undefined;
      isAsked = false;
    },
  };
}
