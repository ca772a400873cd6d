import { createServer } from 'node:net';

/**
 * Below the ranges that Linux (32768) and macOS (49152) hand to outgoing connections, so that a server
 * which is killed and started again finds its port free; above everything with a well-known number.
 */
const LOWEST = 15_000;
const HIGHEST = 32_000;
const ATTEMPTS = 100;

const handedOut = new Set<number>();

/**
 * A loopback TCP port that nothing listens on and that this process was not given before. Another
 * process may still take it first: whoever listens retries with a new one.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (handedOut.has(port) || !(await isFree(port))) continue;
    handedOut.add(port);
    return port;
  }
  throw new Error(`cannot find a free port in ${LOWEST}-${HIGHEST}: ${ATTEMPTS} were taken`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}
