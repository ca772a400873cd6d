import { type MessageId, parseMessageId } from '@hopline/model';
import type { MessageResponse } from '@hopline/model/api';
import { causeOf, publishedWhile } from '../insight/causes.ts';
import { type MessagePath, storedAt } from '../insight/message-path.ts';
import { isPublish } from '../insight/span-index.ts';
import { traceLogs } from '../store/store.ts';
import { type ApiContext, wholeRange } from './api-context.ts';
import { NotFound } from './errors.ts';
import { advisoryView, hopView } from './hop-view.ts';
import { concludePaths, loadMessages, loadTraces } from './message-rows.ts';
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
  const whole = wholeRange(context);
  const rows = ids ? await loadTraces(context, [ids.traceId], whole.from) : undefined;
  const publish = rows?.index.get(messageId as MessageId);
  if (!rows || !publish || !isPublish(publish)) {
    throw new NotFound(`cannot find message ${messageId}: no publish span of it is stored`);
  }
  const handlers = rows.index.handlersOf(publish);
  const caused = publishedWhile(rows.index, handlers).slice(0, MAX_CAUSES);
  const [own, other] = [
    caused.filter((span) => span.trace_id === publish.trace_id),
    caused.filter((span) => span.trace_id !== publish.trace_id),
  ];
  const traceIds = [...new Set([publish, ...handlers].map((span) => span.trace_id))];
  const [concluded, others, logs] = await Promise.all([
    concludePaths(context, [publish, ...own], rows),
    // What these led to lies in traces that were not loaded yet.
    loadMessages(context, other),
    traceLogs(context.database, { ...rows.bounds, traceIds, limit: MAX_LOGS }),
  ]);
  const [path, ...causes] = concluded.paths;
  if (!path) throw new NotFound(`cannot find message ${messageId}`);
  const stored = storedAt(publish, handlers);
  const advisories = concluded.advisories.filter((one) =>
    stored.some((at) => at.stream === one.stream && at.sequence === one.stream_seq),
  );
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
    causedBy: causeOf(rows.index, publish),
    causes: [...causes, ...others].map(summaryView),
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
