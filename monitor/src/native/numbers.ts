/** NaN is "no sample": unknown is not 0. */
export const numberOf = (value: number | null): number => value ?? Number.NaN;

/** JetStream writes -1 for "no limit": no sample. */
export const limitOf = (value: number): number => (value < 0 ? Number.NaN : value);

export const secondsOf = (ns: string | null): number =>
  ns === null ? Number.NaN : Number(BigInt(ns) / 1_000_000n) / 1000;
