// Bundled into one file before it runs, so that nobody can watch what it requires.
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { instrument } from '../../index.ts';

const exporter = new InMemorySpanExporter();
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();

const nc = await connect({ servers: process.env.NATS_URL });
const js = jetstream(nc);
const bucket = await new Kvm(nc).create('settings');
await instrument(nc, js, bucket);
await instrument(nc);

const active = [];
const note = () => active.push(trace.getActiveSpan()?.name ?? 'none');
nc.subscribe('b.ask', {
  callback: (_error, message) => {
    note();
    message.respond('ok');
  },
});
await nc.request('b.ask', 'q');
const sub = nc.subscribe('b.loop', { max: 1 });
nc.publish('b.loop', 'x');
for await (const _message of sub) note();

const jsm = await jetstreamManager(nc);
await jsm.streams.add({ name: 'BUNDLED', subjects: ['b.stored'] });
await jsm.consumers.add('BUNDLED', { durable_name: 'worker', ack_policy: 'explicit' });
await js.publish('b.stored', 'x');
const consumer = await js.consumers.get('BUNDLED', 'worker');
for await (const message of await consumer.consume()) {
  note();
  message.ack();
  break;
}
await js.publish('b.stored', 'x');
(await consumer.next()).ack();
await bucket.put('a', 'x');
await nc.drain();
process.stdout.write(
  JSON.stringify({
    active,
    spans: exporter
      .getFinishedSpans()
      .map((span) => span.name)
      .sort(),
    traces: new Set(exporter.getFinishedSpans().map((span) => span.spanContext().traceId)).size,
  }),
);
