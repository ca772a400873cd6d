const command = process.env.HOPLINE_TEST_NODE;

/**
 * What runs the applications of a test, for `startProcess`: this Node from source, or, in the matrix of
 * Node versions, another one, which takes the built package.
 */
export const NODE_UNDER_TEST: { command?: string } = command ? { command } : {};
