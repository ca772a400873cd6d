import type { Attributes, HrTime } from '@opentelemetry/api';
import type { DataPoint } from '@opentelemetry/sdk-metrics';

/** The SDK's bound for the series of one instrument; what comes later shares one series. */
const SERIES_MAX = 2000;
const OVERFLOW: Attributes = { 'otel.metric.overflow': true };

interface Entry<Series> {
  attributes: Attributes;
  series: Series;
}

/** The series of one instrument. The same attribute object is found without looking at its content. */
export class SeriesTable<Series extends object> {
  readonly #make: () => Series;
  readonly #byContent = new Map<string, Entry<Series>>();
  readonly #byIdentity = new WeakMap<Attributes, Series>();
  #latestAttributes: Attributes | undefined;
  #latest: Series | undefined;

  constructor(make: () => Series) {
    this.#make = make;
  }

  of(attributes: Attributes): Series {
    if (attributes === this.#latestAttributes && this.#latest) return this.#latest;
    let series = this.#byIdentity.get(attributes);
    if (!series) {
      series = this.#find(attributes);
      this.#byIdentity.set(attributes, series);
    }
    this.#latestAttributes = attributes;
    this.#latest = series;
    return series;
  }

  points<Value>(
    startTime: HrTime,
    endTime: HrTime,
    read: (series: Series) => Value,
  ): DataPoint<Value>[] {
    return Array.from(this.#byContent.values(), ({ attributes, series }) => ({
      startTime,
      endTime,
      attributes,
      value: read(series),
    }));
  }

  #find(given: Attributes): Series {
    const isFull = this.#byContent.size >= SERIES_MAX - 1;
    const content = contentOf(given);
    const known = this.#byContent.get(content);
    if (known) return known.series;
    // A copy: the caller may change his object, the series keeps its name.
    const attributes = isFull ? OVERFLOW : { ...given };
    const key = isFull ? contentOf(OVERFLOW) : content;
    const entry = this.#byContent.get(key) ?? { attributes, series: this.#make() };
    this.#byContent.set(key, entry);
    return entry.series;
  }
}

function contentOf(attributes: Attributes): string {
  const keys = Object.keys(attributes).sort();
  return JSON.stringify(keys.map((key) => [key, attributes[key]]));
}
