-- Attempts of deliveries with their stages, as concluded from the spans when their bucket was rolled (ADR
-- 0006): the rows behind the rollups. Versions and marks as in 0013; a mark has number 0.
CREATE TABLE IF NOT EXISTS attempts
(
    -- Ten seconds of publish time.
    bucket            DateTime('UTC') CODEC(Delta, ZSTD(1)),
    version           UInt64 CODEC(Delta, ZSTD(1)),
    producer          LowCardinality(String),
    subject_pattern   LowCardinality(String),
    consumer          LowCardinality(String),
    -- Creation context of the message.
    trace_id          FixedString(16) CODEC(ZSTD(1)),
    span_id           FixedString(8) CODEC(ZSTD(1)),
    handler_trace_id  FixedString(16) CODEC(ZSTD(1)),
    handler_span_id   FixedString(8) CODEC(ZSTD(1)),
    -- Producer's clock, Unix ns.
    published_ns      Int64 CODEC(Delta, ZSTD(1)),
    -- 1 for the first attempt.
    number            UInt64 CODEC(T64, ZSTD(1)),
    -- 1 when the handler ended in an error.
    failed            UInt8,
    -- In step: name (`total` among them), ns, and how the figure was got.
    stages            Array(LowCardinality(String)) CODEC(ZSTD(1)),
    durations         Array(Int64) CODEC(ZSTD(1)),
    provenances       Array(LowCardinality(String)) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toDate(bucket)
ORDER BY (producer, subject_pattern, consumer, bucket, trace_id, span_id, handler_trace_id, handler_span_id, number)
SETTINGS index_granularity = 1024, ttl_only_drop_parts = 1;

-- Rolled once more from the beginning, so that there are attempts of what was rolled before.
TRUNCATE TABLE rollup_progress;
