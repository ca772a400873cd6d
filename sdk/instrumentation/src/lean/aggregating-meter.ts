import {
  type Attributes,
  type Counter,
  type Histogram,
  type HrTime,
  type Meter,
  type MeterProvider,
  type MetricOptions,
  ValueType,
} from '@opentelemetry/api';
import { hrTime } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  DataPointType,
  type MetricData,
  type MetricProducer,
  type ScopeMetrics,
} from '@opentelemetry/sdk-metrics';
import { SeriesTable } from './series-table.ts';

interface Scope {
  name: string;
  version: string;
  metrics: (() => MetricData)[];
}

/**
 * Counters and histograms that find a series by the attribute object they are given: the SDK sorts and
 * prints the attributes at each measurement, which costs more than sending the message. All other
 * instruments are the SDK's. A producer for the SDK's reader, which exports both together.
 */
export class AggregatingMeterProducer implements MetricProducer {
  readonly #scopes: Scope[] = [];

  /** The provider of such meters; `sdk` is the one whose reader collects from here. */
  over(sdk: MeterProvider): MeterProvider {
    return { getMeter: (name, version) => this.#meter(sdk, name, version) };
  }

  #meter(sdk: MeterProvider, name: string, version = ''): Meter {
    const known = this.#scopes.find((scope) => scope.name === name && scope.version === version);
    const scope = known ?? { name, version, metrics: [] };
    if (!known) this.#scopes.push(scope);
    const meter = sdk.getMeter(name, version);
    return new Proxy(meter, {
      get(target, property) {
        if (property === 'createCounter') return counterIn(scope);
        if (property === 'createHistogram') return histogramIn(scope);
        const value: unknown = Reflect.get(target, property);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  async collect(): Promise<CollectionResult> {
    const scopeMetrics: ScopeMetrics[] = this.#scopes.map(({ name, version, metrics }) => ({
      scope: { name, version },
      metrics: metrics.map((read) => read()).filter(({ dataPoints }) => dataPoints.length > 0),
    }));
    return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] };
  }
}

interface Sum {
  value: number;
}

function counterIn(scope: Scope): (name: string, options?: MetricOptions) => Counter {
  return (name, options) => {
    const table = new SeriesTable<Sum>(() => ({ value: 0 }));
    const startTime = hrTime();
    scope.metrics.push(() => ({
      descriptor: descriptorOf(name, options),
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
      dataPoints: table.points(startTime, hrTime(), ({ value }) => value),
    }));
    return {
      add(value: number, attributes: Attributes = {}) {
        if (value >= 0) table.of(attributes).value += value;
      },
    };
  };
}

interface Distribution {
  counts: number[];
  sum: number;
  count: number;
  min: number;
  max: number;
}

const DEFAULT_BOUNDARIES = [
  0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000,
];

function histogramIn(scope: Scope): (name: string, options?: MetricOptions) => Histogram {
  return (name, options) => {
    const boundaries = options?.advice?.explicitBucketBoundaries ?? DEFAULT_BOUNDARIES;
    const table = new SeriesTable<Distribution>(() => ({
      counts: new Array<number>(boundaries.length + 1).fill(0),
      sum: 0,
      count: 0,
      min: Number.POSITIVE_INFINITY,
      max: Number.NEGATIVE_INFINITY,
    }));
    const startTime: HrTime = hrTime();
    scope.metrics.push(() => ({
      descriptor: descriptorOf(name, options),
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: table.points(startTime, hrTime(), ({ counts, ...rest }) => ({
        buckets: { boundaries, counts: [...counts] },
        ...rest,
      })),
    }));
    return {
      record(value: number, attributes: Attributes = {}) {
        if (!Number.isFinite(value) || value < 0) return;
        const series = table.of(attributes);
        series.count += 1;
        series.sum += value;
        if (value < series.min) series.min = value;
        if (value > series.max) series.max = value;
        const bucket = bucketOf(boundaries, value);
        series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
      },
    };
  };
}

/** Upper boundaries belong to their bucket. Most durations are short, so from below. */
function bucketOf(boundaries: number[], value: number): number {
  let bucket = 0;
  while (bucket < boundaries.length && value > (boundaries[bucket] as number)) bucket += 1;
  return bucket;
}

function descriptorOf(name: string, options: MetricOptions | undefined): MetricData['descriptor'] {
  return {
    name,
    description: options?.description ?? '',
    unit: options?.unit ?? '',
    valueType: options?.valueType ?? ValueType.DOUBLE,
  };
}
