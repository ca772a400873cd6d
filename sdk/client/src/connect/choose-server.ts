import type { Server } from '@nats-io/transport-node';

/** What is known about the servers at the time of a dial; all keys are `Server.listen`. */
export interface ServerFacts {
  /** Dials in this outage. */
  readonly tries: ReadonlyMap<string, number>;
  /** The one whose connection was lost. */
  readonly lost: string | undefined;
  /** Those that said that they are shutting down. */
  readonly lameDucks: ReadonlySet<string>;
  /** The configured order when it shall be kept; empty otherwise. */
  readonly preferred: readonly string[];
}

/**
 * The server to dial: fewest tries first, then those that are not shutting down, then those that were
 * not just lost, then the configured order, then the pool's own. The pool is never empty.
 */
export function chooseServer(pool: readonly Server[], facts: ServerFacts): Server {
  const rank = (server: Server): number[] => [
    facts.tries.get(server.listen) ?? 0,
    facts.lameDucks.has(server.listen) ? 1 : 0,
    server.listen === facts.lost ? 1 : 0,
    preference(server.listen, facts.preferred),
  ];
  return pool.reduce((best, server) => (isLess(rank(server), rank(best)) ? server : best));
}

function preference(listen: string, preferred: readonly string[]): number {
  const index = preferred.indexOf(listen);
  return index === -1 ? preferred.length : index;
}

function isLess(left: readonly number[], right: readonly number[]): boolean {
  for (const [index, value] of left.entries()) {
    const other = right[index] as number;
    if (value !== other) return value < other;
  }
  return false;
}
