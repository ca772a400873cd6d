import type { LogRecord, Span } from '@hopline/model/api';
import type { LogRow, SpanRow } from '../store/store.ts';

/** A span as the contract shows it. */
export function spanView(row: SpanRow): Span {
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    parentSpanId: row.parent_span_id || null,
    name: row.name,
    kind: row.kind,
    service: row.service,
    instance: row.instance,
    start: row.start,
    duration: row.duration_ns,
    status: row.status,
    statusMessage: row.status_message,
    scope: row.scope,
    attributes: row.attributes,
    resource: row.resource,
    events: row.event_times.map((time, index) => ({
      time,
      name: row.event_names[index] ?? '',
      attributes: row.event_attributes[index] ?? {},
    })),
    links: row.link_trace_ids.map((traceId, index) => ({
      traceId,
      spanId: row.link_span_ids[index] ?? '',
      attributes: row.link_attributes[index] ?? {},
    })),
  };
}

export function logView(row: LogRow): LogRecord {
  return {
    time: row.time,
    service: row.service,
    severity: row.severity,
    severityNumber: row.severity_number,
    body: row.body,
    traceId: row.trace_id || null,
    spanId: row.span_id || null,
    attributes: row.attributes,
  };
}
