import { ATTR } from '@hopline/model';
import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';
import { distinctSpans, distinctSpansIf } from './distinct-spans.ts';

/** HTTP calls from one service to another. */
export interface HttpCallRow {
  caller: string;
  callee: string;
  count: string;
  errors: string;
  /** Of the caller's span, ns. */
  p50: number;
  p99: number;
}

/** HTTP calls whose client span and server span are both stored within the bounds. */
export function httpCalls(
  database: Database,
  args: Bounds & { limit: number },
): Promise<HttpCallRow[]> {
  return database.query<HttpCallRow>({
    tag: 'http-calls',
    sql: `SELECT caller.service AS caller, callee.service AS callee,
        toString(${distinctSpans('callee.span_id')}) AS count,
        toString(${distinctSpansIf("callee.status = 'ERROR'", 'callee.span_id')}) AS errors,
        quantilesTDigest(0.5, 0.99)(caller.duration_ns) AS duration,
        duration[1] AS p50, duration[2] AS p99
      FROM (SELECT trace_id, span_id, service, duration_ns FROM spans
          WHERE kind = 'CLIENT' AND system = '' AND ${within('start')}) AS caller
      INNER JOIN (SELECT trace_id, span_id, parent_span_id, service, status FROM spans
          WHERE kind = 'SERVER' AND parent_span_id != toFixedString('', 8)
            AND mapContains(attributes, '${ATTR.httpMethod}') AND ${within('start')}) AS callee
        ON caller.trace_id = callee.trace_id AND caller.span_id = callee.parent_span_id
      WHERE caller.service != callee.service
      GROUP BY ALL ORDER BY count() DESC LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
