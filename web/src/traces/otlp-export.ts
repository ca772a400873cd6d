import type { Span, TraceResponse } from '@hopline/model/api';

/** OTLP's numbers of the kinds and statuses (opentelemetry-proto, trace.proto). */
const KINDS: readonly Span['kind'][] = [
  'UNSPECIFIED',
  'INTERNAL',
  'SERVER',
  'CLIENT',
  'PRODUCER',
  'CONSUMER',
];
const STATUSES: readonly Span['status'][] = ['UNSET', 'OK', 'ERROR'];

/**
 * A trace, server hops included, as OTLP/JSON (an `ExportTraceServiceRequest`): any collector takes it.
 * Attribute values are texts, as Hopline keeps them.
 */
export function otlpOf(trace: TraceResponse): object {
  const groups = new Map<string, Span[]>();
  for (const span of [...trace.spans, ...trace.serverSpans]) {
    const key = JSON.stringify([span.service, span.instance, span.resource]);
    const known = groups.get(key);
    if (known) known.push(span);
    else groups.set(key, [span]);
  }
  return {
    resourceSpans: [...groups.values()].map((spans) => ({
      resource: { attributes: attributesOf(resourceOf(spans[0] as Span)) },
      scopeSpans: scopesOf(spans),
    })),
  };
}

const resourceOf = ({ service, instance, resource }: Span): Record<string, unknown> => ({
  ...resource,
  'service.name': service,
  ...(instance === '' ? {} : { 'service.instance.id': instance }),
});

function scopesOf(spans: readonly Span[]): object[] {
  const scopes = new Map<string, Span[]>();
  for (const span of spans) scopes.set(span.scope, [...(scopes.get(span.scope) ?? []), span]);
  return [...scopes].map(([name, own]) => ({ scope: { name }, spans: own.map(spanOf) }));
}

function spanOf(span: Span): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    name: span.name,
    kind: KINDS.indexOf(span.kind),
    startTimeUnixNano: span.start,
    endTimeUnixNano: String(BigInt(span.start) + BigInt(span.duration)),
    attributes: attributesOf(span.attributes),
    events: span.events.map(({ time, name, attributes }) => ({
      timeUnixNano: time,
      name,
      attributes: attributesOf(attributes),
    })),
    links: span.links.map(({ traceId, spanId, attributes }) => ({
      traceId,
      spanId,
      attributes: attributesOf(attributes),
    })),
    status: { code: STATUSES.indexOf(span.status), message: span.statusMessage },
  };
}

const attributesOf = (attributes: Readonly<Record<string, unknown>>): object[] =>
  Object.entries(attributes).map(([key, value]) => ({
    key,
    value: { stringValue: String(value) },
  }));
