import { parseSpanId } from '@hopline/model';

/** Which span of the waterfall is open, and what it is narrowed to. */
export interface WaterfallSearch {
  span?: string | undefined;
}

export function parseWaterfallSearch(search: Record<string, unknown>): WaterfallSearch {
  const span = typeof search.span === 'string' ? parseSpanId(search.span) : null;
  return span ? { span } : {};
}
