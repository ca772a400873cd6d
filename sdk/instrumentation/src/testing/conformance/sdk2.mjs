// Traces with the 2.x line of the OpenTelemetry SDK.
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SamplingDecision,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

export const SAMPLED = SamplingDecision.RECORD_AND_SAMPLED;

export function traceWith(sampler) {
  const spans = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor(spans)];
  new NodeTracerProvider({ sampler, spanProcessors }).register();
  return spans;
}
