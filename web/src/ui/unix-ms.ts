/** Unix milliseconds of a time in Unix ns, as the API writes it; for pictures, which need no finer time. */
export const msOf = (ns: string): number => Number(BigInt(ns) / 1_000_000n);
