/**
 * Durations as a histogram on a logarithmic scale: bin b holds [10^(b / n), 10^((b + 1) / n)) ns, n bins a
 * decade. Two of them are merged by adding counts, and the bins of the API's heat map are whole runs of these.
 * A percentile is off by at most half a bin: (g - 1) / (g + 1) for g = 10^(1 / n), 0.8 % for n = 144.
 */
export const BINS_PER_DECADE = 144;

/** SQL: the bin of a duration in ns; 0 ns falls in the first. */
export const binOf = (value: string): string =>
  `toUInt16(floor(log10(greatest(${value}, 1)) * ${BINS_PER_DECADE}))`;

/**
 * SQL: the least duration that a share `q` of all do not exceed, from `bins`, the merged tuple of bins in
 * order and their counts. No further off than the smallest and largest value, which are known exactly.
 */
export function percentile(q: number, bins: string, { least, most }: Extremes): string {
  const sums = `arrayCumSum(${bins}.2)`;
  const at = `arrayFirstIndex(c -> c >= ${q} * arraySum(${bins}.2), ${sums})`;
  const growth = 10 ** (1 / BINS_PER_DECADE);
  const middle = (2 * growth) / (1 + growth);
  return `if(empty(${bins}.1), 0, least(greatest(
    exp10(${bins}.1[${at}] / ${BINS_PER_DECADE}) * ${middle}, toFloat64(${least})), toFloat64(${most})))`;
}

interface Extremes {
  least: string;
  most: string;
}
