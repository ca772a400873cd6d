/** The least of some times; undefined for none. Math.min takes no bigint. */
export function earliest(times: readonly bigint[]): bigint | undefined {
  let least = times[0];
  for (const time of times) if (least === undefined || time < least) least = time;
  return least;
}

/** The greatest of some times or durations; undefined for none. */
export function latest(times: readonly bigint[]): bigint | undefined {
  let most = times[0];
  for (const time of times) if (most === undefined || time > most) most = time;
  return most;
}
