import {
  context,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  trace,
} from '@opentelemetry/api';
import { AggregationTemporality, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

/** What OpenTelemetry itself takes for one message, whoever instruments it. */
export interface Floor {
  name: string;
  /** Of wall time, the best of some rounds. */
  ns: number;
}

const CALLS = 100_000;
const ROUNDS = 9;

class NoReader extends MetricReader {
  protected onShutdown(): Promise<void> {
    return Promise.resolve();
  }
  protected onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
}

const ATTRIBUTES = {
  'messaging.system': 'nats',
  'messaging.operation.name': 'publish',
  'messaging.operation.type': 'send',
  'messaging.destination.name': 'orders.created',
  'server.address': '127.0.0.1',
  'server.port': 4222,
  'messaging.client.id': '7',
};

/** Measured in a process of its own: nothing else is registered here. */
export function measureFloors(): Floor[] {
  const provider = new NodeTracerProvider();
  provider.register();
  const recording = provider.getTracer('floor');
  const dropping = new NodeTracerProvider({ sampler: new AlwaysOffSampler() }).getTracer('floor');
  const reader = new NoReader({
    aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE,
  });
  const meter = new MeterProvider({ readers: [reader] }).getMeter('floor');
  const histogram = meter.createHistogram('floor');
  const counter = meter.createCounter('floor.count');
  const options = { kind: SpanKind.PRODUCER, attributes: ATTRIBUTES };
  const carrying = trace.setSpan(ROOT_CONTEXT, recording.startSpan('parent'));
  const nothing = (): void => {};
  const works: Record<string, (call: number) => void> = {
    '`performance.now()`': () => void performance.now(),
    '`context.active()`': () => void context.active(),
    '`context.with(…)` of a function that does nothing': (call) =>
      context.with(ROOT_CONTEXT.setValue(KEY, call), nothing),
    '`startSpan` and `end`, 7 attributes, dropped by the sampler': () =>
      dropping.startSpan('publish orders.created', options, ROOT_CONTEXT).end(),
    '`startSpan` and `end`, 7 attributes, recorded, no processor': () =>
      recording.startSpan('publish orders.created', options, ROOT_CONTEXT).end(),
    '`propagation.inject` into an object': () =>
      propagation.inject(carrying, {}, defaultTextMapSetter),
    '`propagation.extract`': () => void propagation.extract(ROOT_CONTEXT, CARRIER),
    '`histogram.record`, 7 attributes': (call) => histogram.record(call, ATTRIBUTES),
    '`counter.add`, 7 attributes': () => counter.add(1, ATTRIBUTES),
  };
  return Object.entries(works).map(([name, work]) => ({ name, ns: bestOf(work) }));
}

const KEY = Symbol('call');
const CARRIER = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };

function bestOf(work: (call: number) => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round <= ROUNDS; round += 1) {
    const start = performance.now();
    for (let call = 0; call < CALLS; call += 1) work(call);
    best = Math.min(best, ((performance.now() - start) * 1e6) / CALLS);
  }
  return best;
}
