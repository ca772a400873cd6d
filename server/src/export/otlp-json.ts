import { type HopSpan, SERVER_SCOPE } from '../insight/hop-spans.ts';

const KIND_INTERNAL = 1;
const STATUS_ERROR = 2;

/** An `ExportTraceServiceRequest` as OTLP/JSON (OTLP 1.11): ids in hex, 64-bit integers as strings. */
export function traceRequest(spans: readonly HopSpan[]): string {
  const byResource = Map.groupBy(spans, ({ resource }) => JSON.stringify(resource));
  return JSON.stringify({
    resourceSpans: [...byResource.values()].map((own) => ({
      resource: { attributes: attributes(own[0]!.resource) },
      scopeSpans: [{ scope: { name: SERVER_SCOPE }, spans: own.map(encoded) }],
    })),
  });
}

const encoded = (span: HopSpan): object => ({
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId,
  name: span.name,
  kind: KIND_INTERNAL,
  startTimeUnixNano: span.start,
  endTimeUnixNano: String(BigInt(span.start) + BigInt(span.duration)),
  attributes: attributes(span.attributes),
  events: span.events.map((event) => ({
    timeUnixNano: event.time,
    name: event.name,
    attributes: attributes(event.attributes),
  })),
  status: span.error === '' ? {} : { code: STATUS_ERROR, message: span.error },
});

const attributes = (of: Record<string, string>): object[] =>
  Object.entries(of).map(([key, value]) => ({ key, value: { stringValue: value } }));
