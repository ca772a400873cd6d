import { type Cost, measure } from './instrumentation-work.ts';

/** The same work done with nats.js alone and with the client. */
export interface Contest {
  readonly name: string;
  /** Messages in one run. */
  readonly count: number;
  readonly bare: Work;
  readonly client: Work;
}

/** Handles `count` messages and gives what one of them cost. */
export type Work = (count: number) => Promise<Cost>;

export interface Outcome {
  readonly name: string;
  readonly bare: Cost;
  readonly client: Cost;
  /** Medians of the ratios within each round: the machine is never equally quiet twice. */
  readonly ratio: Cost;
}

/** Both take turns, the first one alternates; the first quarter of the rounds is for the compiler. */
export async function compete(contest: Contest, rounds: number): Promise<Outcome> {
  const pairs: { bare: Cost; client: Cost }[] = [];
  const warmUp = Math.ceil(rounds / 4);
  for (let round = -warmUp; round < rounds; round += 1) {
    const clientFirst = round % 2 === 0;
    const early = clientFirst ? await contest.client(contest.count) : undefined;
    const bare = await contest.bare(contest.count);
    const client = early ?? (await contest.client(contest.count));
    if (round >= 0) pairs.push({ bare, client });
  }
  const middle = (read: (pair: { bare: Cost; client: Cost }) => Cost): Cost => ({
    cpuUs: median(pairs.map((pair) => read(pair).cpuUs)),
    wallUs: median(pairs.map((pair) => read(pair).wallUs)),
  });
  return {
    name: contest.name,
    bare: middle(({ bare }) => bare),
    client: middle(({ client }) => client),
    ratio: middle(({ bare, client }) => ({
      cpuUs: client.cpuUs / bare.cpuUs,
      wallUs: client.wallUs / bare.wallUs,
    })),
  };
}

/** From the first to the last of the messages that `start` tells about; then stops it. */
export async function fromFirstToLast(
  count: number,
  start: (onMessage: () => void) => { stop(): Promise<unknown> },
): Promise<Cost> {
  const first = Promise.withResolvers<void>();
  const last = Promise.withResolvers<void>();
  let seen = 0;
  const running = start(() => {
    seen += 1;
    if (seen === 1) first.resolve();
    if (seen === count) last.resolve();
  });
  await first.promise;
  const cost = await measure(count, () => last.promise);
  await running.stop();
  return cost;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const upper = sorted.length >> 1;
  const high = sorted[upper] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[upper - 1] ?? Number.NaN) + high) / 2;
}
