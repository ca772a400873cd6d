const UNIT_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 24 * 3600e9,
  y: 365 * 24 * 3600e9,
};

/**
 * Nanoseconds of a duration as nats-server writes them: Go's (`1.5ms`) for round-trip times, its own with
 * days and years of 365 days (`1y2d3h4m5s`) for uptimes. NaN for what is none.
 */
export function parseDurationNs(text: string): number {
  let ns = 0;
  let rest = text.length;
  for (const [part, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|[smhdy])/g)) {
    ns += Number(number) * (UNIT_NS[unit as string] as number);
    rest -= part.length;
  }
  return text !== '' && rest === 0 ? ns : Number.NaN;
}
