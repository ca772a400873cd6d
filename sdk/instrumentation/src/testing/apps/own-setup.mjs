// An OpenTelemetry setup of the application's own, given by --import before the preload.

import { createRequire, syncBuiltinESMExports } from 'node:module';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

const exporter = new InMemorySpanExporter();
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
registerInstrumentations({ instrumentations: [new HttpInstrumentation()] });
createRequire(import.meta.url)('node:http');
syncBuiltinESMExports();
process.once('exit', () => {
  const names = exporter.getFinishedSpans().map((span) => `${span.kind} ${span.name}`);
  process.stdout.write(`own spans: ${names.sort().join(', ')}\n`);
});
