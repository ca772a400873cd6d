import type { MetricBlock } from '../endpoints/compat/metric-block.ts';

/** What is asked for metrics, in whichever mode. */
export interface Scraped extends AsyncDisposable {
  /** Everything known after at most `deadlineMs`. */
  scrape(deadlineMs: number): Promise<MetricBlock[]>;
}
