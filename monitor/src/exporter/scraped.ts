import type { MetricBlock } from '../endpoints/compat/metric-block.ts';

/** What is asked for metrics, in whichever mode. */
export interface Scraped extends AsyncDisposable {
  /** Everything known after at most `deadlineMs`. */
  scrape(deadlineMs: number): Promise<Scrape>;
}

/** No name stands in both. */
export interface Scrape {
  /** The same array for as long as it says the same: what is made of it may be kept. */
  shared: readonly MetricBlock[];
  /** Of this scrape alone. */
  own: readonly MetricBlock[];
}
