CREATE TABLE IF NOT EXISTS logs
(
    time             DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    -- Zero bytes when the record was written outside a span.
    trace_id         FixedString(16) CODEC(ZSTD(1)),
    span_id          FixedString(8) CODEC(ZSTD(1)),
    severity         LowCardinality(String),
    severity_number  UInt8,
    service          LowCardinality(String),
    instance         LowCardinality(String),
    scope            LowCardinality(String),
    event_name       LowCardinality(String),
    body             String CODEC(ZSTD(1)),
    resource         Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    attributes       Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_word body TYPE text(tokenizer = 'splitByNonAlpha', preprocessor = lower(body))
)
ENGINE = MergeTree
PARTITION BY toDate(time)
ORDER BY time
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456;
