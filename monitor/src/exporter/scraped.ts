import type { MetricBlock } from '../endpoints/compat/metric-block.ts';
import type { ScraperId } from './scrape-rhythm.ts';

/** What is asked for metrics, in whichever mode. */
export interface Scraped extends AsyncDisposable {
  /** Everything known after at most the scraper's deadline. */
  scrape(scraper: Scraper): Promise<Scrape>;
}

export interface Scraper {
  deadlineMs: number;
  id: ScraperId;
  /** Makes what it will be sent of `shared`, ahead of its next scrape. */
  prepare(shared: readonly MetricBlock[]): Promise<void>;
}

/** No name stands in both. */
export interface Scrape {
  /** The same array for as long as it says the same: what is made of it may be kept. */
  shared: readonly MetricBlock[];
  /** Of this scrape alone. */
  own: readonly MetricBlock[];
}
