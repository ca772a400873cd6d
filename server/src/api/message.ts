import { parseMessageId } from '@hopline/model';
import type { MessageResponse } from '@hopline/model/api';
import { causeOf, publishedWhile } from '../insight/causes.ts';
import type { MessagePath } from '../insight/message-path.ts';
import { isPublish } from '../insight/span-index.ts';
import { publishSpan, traceLogs } from '../store/store.ts';
import { type ApiContext, wholeRange } from './api-context.ts';
import { NotFound } from './errors.ts';
import { advisoryView, hopView } from './hop-view.ts';
import { loadMessages } from './message-rows.ts';
import { deliveryView, summaryView } from './message-view.ts';
import { logView } from './span-view.ts';

const MAX_LOGS = 2_000;
/** A handler that publishes more is a batch job: the rest is in the trace. */
const MAX_CAUSES = 200;

/** GET /api/v1/messages/{messageId} */
export async function getMessage(
  context: ApiContext,
  { messageId }: { messageId: string },
): Promise<MessageResponse> {
  const ids = parseMessageId(messageId);
  const [publish] = ids
    ? await publishSpan(context.database, { ...wholeRange(context), ...ids })
    : [];
  if (!publish || !isPublish(publish)) {
    throw new NotFound(`cannot find message ${messageId}: no publish span of it is stored`);
  }
  const { index, paths, advisories, bounds } = await loadMessages(context, [publish]);
  const path = paths[0]!;
  const handlers = path.deliveries.flatMap(({ attempts }) => attempts.map((one) => one.handler));
  const caused = publishedWhile(index, handlers).slice(0, MAX_CAUSES);
  const traceIds = [...new Set([publish, ...handlers].map((span) => span.trace_id))];
  const [causes, logs] = await Promise.all([
    loadMessages(context, caused),
    traceLogs(context.database, { ...bounds, traceIds, limit: MAX_LOGS }),
  ]);
  return {
    ...summaryView(path),
    publishSpanId: publish.span_id,
    publishDuration: publish.duration_ns,
    publishStatus: publish.status,
    hops: path.tree.hops.map(hopView),
    missingHops: path.tree.missing,
    storeTime: path.storeTime === null ? null : String(path.storeTime),
    deliveries: path.deliveries.map(deliveryView),
    advisories: advisories.map(advisoryView),
    logs: ownLogs(path, logs).map(logView),
    causedBy: causeOf(index, publish),
    causes: causes.paths.map(summaryView),
  };
}

/** Of the traces' logs those written by the publish, a handler, or outside any known span of them. */
function ownLogs<Row extends { span_id: string }>(path: MessagePath, logs: Row[]): Row[] {
  const own = new Set([
    path.publish.span_id,
    ...path.deliveries.flatMap(({ attempts }) =>
      attempts.flatMap(({ handler, settlement }) => [handler.span_id, settlement?.span_id ?? '']),
    ),
  ]);
  return logs.filter((row) => own.has(row.span_id));
}
