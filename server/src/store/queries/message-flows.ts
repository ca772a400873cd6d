import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';
import { distinctSpans, distinctSpansIf } from './distinct-spans.ts';
import { internalParams, notInternal, OWN_PATTERN } from './subject-sql.ts';

/** Messages of one kind between one service and one subject pattern, on the side of `kind`. */
export interface FlowRow {
  kind: 'PRODUCER' | 'CONSUMER';
  service: string;
  /** Pattern of the message's own subject, even where the consumer's template is a wildcard. */
  subject_pattern: string;
  is_request: 0 | 1;
  stream: string;
  consumer: string;
  queue_group: string;
  count: string;
  errors: string;
  /** Of the spans: publish until acknowledged, or the handler. */
  duration_p50: number;
  duration_p99: number;
  /** From the store to the consumer's client; NaN comes as null. */
  queue_p50: number | null;
  queue_p99: number | null;
}

/**
 * Who sends and who handles what. Each side is counted by itself: no window of time and no join stands
 * between a producer and its consumers; the subject pattern joins them.
 */
export function messageFlows(
  database: Database,
  args: Bounds & { limit: number },
): Promise<FlowRow[]> {
  // A consumer's template may be the wildcard it subscribed to; one that a producer uses is no wildcard.
  const published = `SELECT subject_pattern FROM spans
    WHERE kind = 'PRODUCER' AND ${within('start')} GROUP BY subject_pattern`;
  const waited = 'toInt64(receive_time) - toInt64(store_time)';
  const known = 'store_time > 0 AND receive_time > 0';
  return database.query<FlowRow>({
    tag: 'message-flows',
    sql: `SELECT kind, service,
        if(kind = 'PRODUCER' OR NOT match(spans.subject_pattern, '[*>{]')
            OR spans.subject_pattern IN (${published}) OR subject = '',
          spans.subject_pattern, ${OWN_PATTERN}) AS subject_pattern,
        operation_name = 'request' AS is_request, stream, consumer, queue_group,
        toString(${distinctSpans()}) AS count,
        toString(${distinctSpansIf("status = 'ERROR'")}) AS errors,
        quantilesTDigest(0.5, 0.99)(duration_ns) AS duration,
        quantilesTDigestIf(0.5, 0.99)(${waited}, ${known}) AS queue,
        duration[1] AS duration_p50, duration[2] AS duration_p99,
        if(isNaN(queue[1]), NULL, queue[1]) AS queue_p50,
        if(isNaN(queue[2]), NULL, queue[2]) AS queue_p99
      FROM spans
      WHERE kind IN ('PRODUCER', 'CONSUMER') AND operation_type != 'receive' AND ${within('start')}
        AND ${notInternal('spans.subject_pattern')}
      GROUP BY ALL ORDER BY count() DESC LIMIT {limit:UInt32}`,
    params: {
      ...boundParams(args),
      ...internalParams,
      limit: args.limit,
    },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
