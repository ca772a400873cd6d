import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';
import { SPAN_HEAD_COLUMNS, type SpanHead } from './span-head.ts';

/** A span as it came. */
export interface SpanRow extends SpanHead {
  scope: string;
  attributes: Record<string, string>;
  resource: Record<string, string>;
  event_times: string[];
  event_names: string[];
  event_attributes: Record<string, string>[];
  link_attributes: Record<string, string>[];
}

const COLUMNS = `${SPAN_HEAD_COLUMNS},
  scope, attributes, resource,
  arrayMap(x -> toUnixTimestamp64Nano(x), events.time) AS event_times,
  events.name AS event_names, events.attributes AS event_attributes,
  links.attributes AS link_attributes`;

/** The spans of one trace in order of start, each once, at most `limit`. */
export function traceSpans(
  database: Database,
  args: Bounds & { traceId: string; limit: number },
): Promise<SpanRow[]> {
  return database.query<SpanRow>({
    tag: 'trace-spans',
    // The bare columns, not their aliases, so that the sort key and the bloom index apply.
    sql: `SELECT ${COLUMNS} FROM spans
      WHERE spans.trace_id = toFixedString(unhex({trace:String}), 16) AND ${within('spans.start')}
      ORDER BY spans.start, spans.span_id
      LIMIT 1 BY spans.span_id LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), trace: args.traceId, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
