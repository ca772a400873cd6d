import { spawnSync } from 'node:child_process';

const command = process.env.HOPLINE_TEST_NODE;

/**
 * What runs the applications of a test, for `startProcess`: this Node from source, or, in the matrix of
 * Node versions, another one, which takes the built package.
 */
export const NODE_UNDER_TEST: { command?: string } = command ? { command } : {};

/** Before 20.13 a Node does not tell fastify that someone wants to know of its routes. */
export function tellsRoutes(): boolean {
  const { stdout } = spawnSync(command ?? process.execPath, ['--version'], { encoding: 'utf8' });
  const [major = 0, minor = 0] = stdout.slice(1).split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 13);
}
