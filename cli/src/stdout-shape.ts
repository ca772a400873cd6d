/** A drawing is laid out for some width also where nothing says one. */
const WIDTH_OF_A_PIPE = 120;

interface StdoutShape {
  width: number;
  useColor: boolean;
}

/** How wide stdout is, and whether it shows colours (NO_COLOR and FORCE_COLOR count). */
export function stdoutShape(pipeWidth = WIDTH_OF_A_PIPE): StdoutShape {
  const { stdout } = process;
  return {
    width: stdout.columns ?? pipeWidth,
    useColor: stdout.isTTY === true && stdout.hasColors(),
  };
}

/** The same for a list: in a pipe its lines are cut nowhere, for `grep` finds only what is there. */
export const listShape = (): StdoutShape => stdoutShape(Number.POSITIVE_INFINITY);
