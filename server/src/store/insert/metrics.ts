import { ATTR } from '@hopline/model';
import type { Adapter } from './adapter.ts';
import { ATTRIBUTES_TYPE, attributeMap, PROTOBUF_SETTINGS } from './any-value.ts';
import { attribute, knownEnum, serviceOf, timeOf } from './attribute.ts';

/** The fields of opentelemetry.proto.metrics.v1 that become columns. Summaries are not read. */
const PROTO = `
message Number { repeated KeyValue attributes = 7; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3;
  oneof value { double as_double = 4; sfixed64 as_int = 6; } uint32 flags = 8; }
message Buckets { repeated KeyValue attributes = 9; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3;
  fixed64 count = 4; double sum = 5; repeated fixed64 bucket_counts = 6; repeated double explicit_bounds = 7;
  uint32 flags = 10; double min = 11; double max = 12; }
message Exponential { repeated KeyValue attributes = 1; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3;
  fixed64 count = 4; double sum = 5; uint32 flags = 10; double min = 12; double max = 13; }
message Gauge { repeated Number data_points = 1; }
message Sum { repeated Number data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
message Histogram { repeated Buckets data_points = 1; int32 aggregation_temporality = 2; }
message ExponentialHistogram { repeated Exponential data_points = 1; int32 aggregation_temporality = 2; }
message Metric { string name = 1; string description = 2; string unit = 3; Gauge gauge = 5; Sum sum = 7;
  Histogram histogram = 9; ExponentialHistogram exponential_histogram = 10; }
message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message Root { repeated ResourceMetrics resource_metrics = 1; }
`;

const TIMES = 'start_time_unix_nano UInt64, time_unix_nano UInt64, flags UInt32';
const NUMBER =
  `Tuple(attributes ${ATTRIBUTES_TYPE}, ${TIMES}, ` +
  "value Enum8('none' = 0, 'as_double' = 4, 'as_int' = 6), as_double Float64, as_int Int64)";
const DISTRIBUTION = 'count UInt64, sum Float64, min Float64, max Float64';
const BUCKETS =
  `Tuple(attributes ${ATTRIBUTES_TYPE}, ${TIMES}, ${DISTRIBUTION}, ` +
  'bucket_counts Array(UInt64), explicit_bounds Array(Float64))';
const EXPONENTIAL = `Tuple(attributes ${ATTRIBUTES_TYPE}, ${TIMES}, ${DISTRIBUTION})`;
const METRIC =
  'Tuple(name String, description String, unit String, ' +
  `gauge Tuple(data_points Array(${NUMBER})), ` +
  `sum Tuple(data_points Array(${NUMBER}), aggregation_temporality Int32, is_monotonic Bool), ` +
  `histogram Tuple(data_points Array(${BUCKETS}), aggregation_temporality Int32), ` +
  `exponential_histogram Tuple(data_points Array(${EXPONENTIAL}), aggregation_temporality Int32))`;
const STRUCTURE =
  `resource_metrics Array(Tuple(resource Tuple(attributes ${ATTRIBUTES_TYPE}), ` +
  `scope_metrics Array(Tuple(scope Tuple(name String), metrics Array(${METRIC})))))`;

/** DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK: the point says that it has no value. */
const RECORDED = 'bitAnd(p.flags, 1) = 0';

const point = (fields: {
  kind: 'gauge' | 'sum' | 'histogram';
  temporality: string;
  monotonic: string;
  value: string;
  distribution: string;
}): string =>
  `(p.attributes, p.start_time_unix_nano, p.time_unix_nano, '${fields.kind}', ` +
  `${fields.temporality}, ${fields.monotonic}, ${fields.value}, ${fields.distribution})`;

const NO_BUCKETS = "CAST([], 'Array(UInt64)'), CAST([], 'Array(Float64)')";
const NO_DISTRIBUTION = `toUInt64(0), toFloat64(0), toFloat64(0), ${NO_BUCKETS}`;
const NUMBER_VALUE = "if(p.value = 'as_int', toFloat64(p.as_int), p.as_double)";

const POINTS = [
  points('m.gauge.data_points', {
    kind: 'gauge',
    temporality: 'toInt32(0)',
    monotonic: 'false',
    value: NUMBER_VALUE,
    distribution: NO_DISTRIBUTION,
  }),
  points('m.sum.data_points', {
    kind: 'sum',
    temporality: 'm.sum.aggregation_temporality',
    monotonic: 'm.sum.is_monotonic',
    value: NUMBER_VALUE,
    distribution: NO_DISTRIBUTION,
  }),
  points('m.histogram.data_points', {
    kind: 'histogram',
    temporality: 'm.histogram.aggregation_temporality',
    monotonic: 'false',
    value: 'p.sum',
    distribution: 'p.count, p.min, p.max, p.bucket_counts, p.explicit_bounds',
  }),
  // Count, sum and range hold for any histogram; its buckets have another shape and are left out.
  points('m.exponential_histogram.data_points', {
    kind: 'histogram',
    temporality: 'm.exponential_histogram.aggregation_temporality',
    monotonic: 'false',
    value: 'p.sum',
    distribution: `p.count, p.min, p.max, ${NO_BUCKETS}`,
  }),
];

function points(list: string, fields: Parameters<typeof point>[0]): string {
  return `arrayMap(p -> ${point(fields)}, arrayFilter(p -> ${RECORDED}, ${list}))`;
}

/** ExportMetricsServiceRequest messages -> one row a data point. */
export function adaptMetrics(): Adapter {
  return {
    table: 'metrics',
    format: 'Protobuf',
    proto: PROTO,
    structure: STRUCTURE,
    settings: PROTOBUF_SETTINGS,
    columns: {
      time: timeOf('p.3'),
      start: timeOf('p.2'),
      name: 'm_name',
      description: 'm_description',
      unit: 'm_unit',
      kind: 'p.4',
      temporality: knownEnum('p.5', 2),
      is_monotonic: 'p.6',
      service: 'r_service',
      instance: attribute('r_map', ATTR.serviceInstanceId),
      scope: 's_scope',
      resource: 'r_map',
      attributes: attributeMap('p.1'),
      value: 'p.7',
      count: 'p.8',
      min: 'p.9',
      max: 'p.10',
      bucket_counts: 'p.11',
      bucket_bounds: 'p.12',
    },
    from: (file) => {
      const resources =
        `SELECT ${attributeMap('r.resource.attributes')} AS r_map, r.scope_metrics AS r_scopes ` +
        `FROM (SELECT arrayJoin(resource_metrics) AS r FROM ${file})`;
      const scopes =
        `SELECT r_map, ${serviceOf('r_map')} AS r_service, arrayJoin(r_scopes) AS r_scope ` +
        `FROM (${resources})`;
      const metrics =
        'SELECT r_map, r_service, r_scope.scope.name AS s_scope, arrayJoin(r_scope.metrics) AS m ' +
        `FROM (${scopes})`;
      return (
        'SELECT r_map, r_service, s_scope, m.name AS m_name, m.description AS m_description, ' +
        `m.unit AS m_unit, arrayJoin(arrayConcat(${POINTS.join(', ')})) AS p FROM (${metrics})`
      );
    },
  };
}
