import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metrics } from './metrics.ts';

const RESOLUTION_MS = 10;
/** The delay is told of the last one to two windows: a stall leaves the figures after that long. */
const WINDOW_MS = 30_000;
const NS_PER_SECOND = 1e9;

/** Memory, CPU and event loop of this process. Measures until disposed. */
export function processMetrics(metrics: Metrics): Disposable {
  const delay = new RecentDelay();
  metrics.gauge('process_resident_memory_bytes', 'Resident memory.', () =>
    process.memoryUsage.rss(),
  );
  metrics.counted('process_cpu_seconds_total', 'CPU time, user and system.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  const startSeconds = Date.now() / 1000 - process.uptime();
  metrics.gauge('process_start_time_seconds', 'Start, Unix time.', () => startSeconds);
  for (const [name, read] of [
    ['p50', () => delay.quantile(50)],
    ['p99', () => delay.quantile(99)],
    ['max', () => delay.quantile(100)],
  ] as const) {
    metrics.gauge(
      `hopline_event_loop_delay_${name}_seconds`,
      `Delay of the event loop over the last half minute, ${name}.`,
      () => read() / NS_PER_SECOND,
    );
  }
  return delay;
}

/** Two histograms, one being filled while the other is complete. */
class RecentDelay implements Disposable {
  readonly #resolutionNs = RESOLUTION_MS * 1e6;
  #current = started();
  #previous: ReturnType<typeof started> | null = null;
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#turn(), WINDOW_MS).unref();
  }

  /** Nanoseconds by which timers came late. */
  quantile(percent: number): number {
    const of = (histogram: ReturnType<typeof started> | null): number => {
      if (histogram === null || histogram.count === 0) return 0;
      return percent === 100 ? histogram.max : histogram.percentile(percent);
    };
    return Math.max(0, Math.max(of(this.#current), of(this.#previous)) - this.#resolutionNs);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#current.disable();
  }

  #turn(): void {
    this.#current.disable();
    this.#previous = this.#current;
    this.#current = started();
  }
}

function started(): ReturnType<typeof monitorEventLoopDelay> {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return histogram;
}
