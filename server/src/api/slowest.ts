import { messageId, type SpanId, type TraceId } from '@hopline/model';
import type { SlowestResponse, StageOrTotal } from '@hopline/model/api';
import { type SlowDeliveryRow, slowestDeliveries } from '../store/store.ts';
import { type ApiContext, askedRange, exactly } from './api-context.ts';
import { durationRange } from './duration-range.ts';

interface SlowestQuery {
  from?: string | undefined;
  to?: string | undefined;
  producer?: string | undefined;
  subject?: string | undefined;
  consumer?: string | undefined;
  stage: StageOrTotal;
  min?: string | undefined;
  max?: string | undefined;
  attempts: 'first' | 'all';
  limit: number;
}

/** GET /api/v1/latency/slowest */
export async function getSlowest(
  context: ApiContext,
  query: SlowestQuery,
): Promise<SlowestResponse> {
  const { producer, subject, consumer, stage, attempts, limit } = query;
  const rows = await slowestDeliveries(context.database, {
    ...(await exactly(context, askedRange(context, query))),
    producer,
    subject,
    consumer,
    stage,
    ...durationRange(query),
    firstOnly: attempts === 'first',
    limit,
  });
  return { stage, deliveries: rows.map(deliveryView) };
}

const deliveryView = (row: SlowDeliveryRow): SlowestResponse['deliveries'][number] => ({
  producer: row.producer,
  subject: row.subject_pattern,
  consumer: row.consumer,
  messageId: messageId(row.trace_id as TraceId, row.span_id as SpanId),
  traceId: row.trace_id,
  handlerSpanId: row.handler_span_id,
  handlerTraceId: row.handler_trace_id,
  published: row.published,
  attempt: row.number,
  failed: row.failed === 1,
  duration: row.duration,
  provenance: row.provenance,
});
