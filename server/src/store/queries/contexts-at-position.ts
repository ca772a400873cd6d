import type { Database } from '../database.ts';
import { LINK_SEQUENCES } from './handled-by.ts';

/** A message's place in a stream; without a stream: in any. */
export interface Position {
  stream?: string | undefined;
  sequence: string;
}

/** Creation context of a message, in hex. */
export interface Context {
  trace_id: string;
  span_id: string;
}

/** One sequence of many streams, each with many attempts; what is over it is left out. */
const MAX_CONTEXTS = 1_000;

const SINCE = "spans.start >= fromUnixTimestamp64Nano({since:Int64}, 'UTC')";

/**
 * Contexts that the messages stored at a position may have: of their publishes, and what their handlers
 * refer to by parent, by link, or through the receive span above. Handlers are asked because only they know
 * the position when the publisher did not wait for its PubAck. A step of its own: its few rows are found by
 * an index, which the engine does not use inside of another question. `since`: Unix ns.
 */
export function contextsAtPosition(
  database: Database,
  args: Position & { since: bigint; timeoutMs: number },
): Promise<Context[]> {
  const { stream, sequence, since, timeoutMs } = args;
  const at = `stream_seq = {sequence:UInt64} AND ${SINCE}
    ${stream === undefined ? '' : 'AND stream = {stream:String}'}`;
  return database.query<Context>({
    tag: 'contexts-at-position',
    sql: `SELECT DISTINCT lower(hex(context.1)) AS trace_id, lower(hex(context.2)) AS span_id FROM (
        SELECT arrayJoin(arrayConcat([(spans.trace_id, spans.span_id), (spans.trace_id, parent_span_id)],
          arrayZip(links.trace_id, links.span_id))) AS context FROM spans WHERE ${at}
        UNION ALL
        SELECT arrayJoin(arrayFilter((link, seq) -> length(links.trace_id) = 1 OR seq = {sequence:UInt64},
          arrayZip(links.trace_id, links.span_id), ${LINK_SEQUENCES})) AS context
        FROM spans
        WHERE operation_type = 'receive' AND notEmpty(links.trace_id) AND ${SINCE}
          AND spans.trace_id IN (SELECT spans.trace_id FROM spans WHERE ${at}))
      LIMIT ${MAX_CONTEXTS}`,
    params: {
      since,
      sequence: BigInt(sequence),
      ...(stream === undefined ? {} : { stream }),
    },
    maxRows: MAX_CONTEXTS,
    timeoutMs,
  });
}
