import { isInternalSubject, messageId, type SpanId, type TraceId, unixNs } from '@hopline/model';
import type { TraceResponse } from '@hopline/model/api';
import { earliest, latest } from '../insight/extremes.ts';
import { messageHopSpans } from '../insight/hop-spans.ts';
import { hopsByMessage, hopTree } from '../insight/hops.ts';
import { isPublish } from '../insight/span-index.ts';
import {
  messageAdvisories,
  type SpanRow,
  traceHops,
  traceLogs,
  traceSpans,
} from '../store/store.ts';
import { type ApiContext, rangeSince, wholeRange } from './api-context.ts';
import { NotFound } from './errors.ts';
import { advisoryView, hopView, serverSpanView } from './hop-view.ts';
import { logView, spanView } from './span-view.ts';

const MAX_SPANS = 10_000;
const MAX_LOGS = 5_000;
const MAX_HOPS = 5_000;
const MAX_ADVISORIES = 1_000;

/** GET /api/v1/traces/{traceId} */
export async function getTrace(
  context: ApiContext,
  { traceId }: { traceId: string },
): Promise<TraceResponse> {
  const { database } = context;
  const whole = wholeRange(context);
  const found = await traceSpans(database, { ...whole, traceId, limit: MAX_SPANS + 1 });
  const rows = found.slice(0, MAX_SPANS);
  const bounds = rows[0] ? rangeSince(context, unixNs(rows[0].start)) : whole;
  const traceIds = [traceId];
  const [logs, hops, advisories] = await Promise.all([
    traceLogs(database, { ...bounds, traceIds, limit: MAX_LOGS }),
    traceHops(database, { ...bounds, traceIds, limit: MAX_HOPS }),
    messageAdvisories(database, { ...bounds, positions: positionsOf(rows), limit: MAX_ADVISORIES }),
  ]);
  if (rows.length + logs.length + hops.length === 0) {
    throw new NotFound(`cannot find trace ${traceId}: nothing of it is stored`);
  }
  const trees = [...hopsByMessage(hops)].map(([id, own]) => ({ id, tree: hopTree(own) }));
  const { start, end } = extent(rows, [...logs, ...hops]);
  return {
    traceId,
    start: String(start),
    duration: String(end - start),
    spans: rows.map(spanView),
    logs: logs.map(logView),
    hops: trees.flatMap(({ tree }) => tree.hops.map(hopView)),
    serverSpans: trees.flatMap(({ tree }) => messageHopSpans(tree).map(serverSpanView)),
    missingHops: trees.flatMap(({ id, tree }) =>
      tree.missing.map((hop) => ({ messageId: id, hop })),
    ),
    advisories: advisories.map(advisoryView),
    messageIds: rows
      .filter((row) => isPublish(row) && !isInternalSubject(row.subject))
      .map((row) => messageId(row.trace_id as TraceId, row.span_id as SpanId)),
    truncated: found.length > MAX_SPANS,
  };
}

function positionsOf(rows: readonly SpanRow[]): { stream: string; streamSequence: string }[] {
  const found = new Map<string, { stream: string; streamSequence: string }>();
  for (const { stream, stream_seq } of rows) {
    if (stream === '' || stream_seq === '0') continue;
    found.set(`${stream}/${stream_seq}`, { stream, streamSequence: stream_seq });
  }
  return [...found.values()];
}

/** From the first to the last thing that is known of the trace. */
function extent(
  rows: readonly SpanRow[],
  others: readonly { time: string }[],
): { start: bigint; end: bigint } {
  const starts = [...rows.map((row) => BigInt(row.start)), ...others.map((at) => BigInt(at.time))];
  const ends = [
    ...rows.map((row) => BigInt(row.start) + BigInt(row.duration_ns)),
    ...(rows.length === 0 ? others.map((at) => BigInt(at.time)) : []),
  ];
  return {
    start: earliest(starts) ?? 0n,
    end: latest(ends) ?? 0n,
  };
}
