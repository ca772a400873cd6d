import type { Database } from '../database.ts';

/** A message's place in a stream; without a stream: in any. */
export interface Position {
  stream?: string | undefined;
  sequence: string;
}

/**
 * Traces, in hex, of the spans that tell a position, and those they link to; at most `limit`. A handler tells
 * it even where the publisher did not wait for its PubAck. `since`: Unix ns.
 */
export async function tracesAtPosition(
  database: Database,
  args: Position & { since: bigint; limit: number; timeoutMs: number },
): Promise<string[]> {
  const { stream, sequence, since, limit, timeoutMs } = args;
  const rows = await database.query<{ id: string }>({
    tag: 'traces-at-position',
    sql: `SELECT DISTINCT lower(hex(arrayJoin(arrayPushBack(links.trace_id, spans.trace_id)))) AS id
      FROM spans
      WHERE stream_seq = {sequence:UInt64} ${stream === undefined ? '' : 'AND stream = {stream:String}'}
        AND spans.start >= fromUnixTimestamp64Nano({since:Int64}, 'UTC')
      LIMIT {limit:UInt32}`,
    params: {
      since,
      limit,
      sequence: BigInt(sequence),
      ...(stream === undefined ? {} : { stream }),
    },
    maxRows: limit,
    timeoutMs,
  });
  return rows.map(({ id }) => id);
}
