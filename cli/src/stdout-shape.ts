const WIDTH_OF_A_PIPE = 120;

/** How wide stdout is, and whether it shows colours (NO_COLOR and FORCE_COLOR count). */
export function stdoutShape(): { width: number; useColor: boolean } {
  const { stdout } = process;
  return {
    width: stdout.columns ?? WIDTH_OF_A_PIPE,
    useColor: stdout.isTTY === true && stdout.hasColors(),
  };
}
