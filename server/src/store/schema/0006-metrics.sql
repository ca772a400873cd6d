-- One row per data point of the applications' OTLP metrics.
CREATE TABLE IF NOT EXISTS metrics
(
    time             DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    start            DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    name             LowCardinality(String),
    description      LowCardinality(String),
    unit             LowCardinality(String),
    kind             Enum8('gauge' = 1, 'sum' = 2, 'histogram' = 3),
    temporality      Enum8('UNSPECIFIED' = 0, 'DELTA' = 1, 'CUMULATIVE' = 2),
    is_monotonic     Bool,
    service          LowCardinality(String),
    instance         LowCardinality(String),
    scope            LowCardinality(String),
    resource         Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    attributes       Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    -- Gauge and sum: the value. Histogram: the sum.
    value            Float64 CODEC(ZSTD(1)),
    count            UInt64,
    min              Float64,
    max              Float64,
    bucket_counts    Array(UInt64) CODEC(ZSTD(1)),
    bucket_bounds    Array(Float64) CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(time)
ORDER BY (name, service, time)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456;
