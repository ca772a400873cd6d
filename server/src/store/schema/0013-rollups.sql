-- Rollups by steps of 10 s, 1 min and 1 h (ADR 0006). A bucket is computed as a whole and again whenever
-- something of it came late: of its rows only those of its newest version count. Every version has a row
-- with empty keys, its mark, also when there is nothing else in the bucket.
-- Durations are ns; a bin is that of store/rollups/sketch.ts.

-- Stages of deliveries, by the time at which their message was published.
CREATE TABLE IF NOT EXISTS deliveries_10s
(
    bucket           DateTime('UTC') CODEC(Delta, ZSTD(1)),
    version          UInt64 CODEC(Delta, ZSTD(1)),
    producer         LowCardinality(String),
    subject_pattern  LowCardinality(String),
    consumer         LowCardinality(String),
    -- 1 for first attempts, 0 for redeliveries.
    is_first         UInt8,
    stage            LowCardinality(String),
    count            UInt64 CODEC(T64, ZSTD(1)),
    -- Attempts whose handler ended in an error.
    failed           UInt64 CODEC(T64, ZSTD(1)),
    sum              Int128 CODEC(ZSTD(1)),
    least            Int64 CODEC(T64, ZSTD(1)),
    most             Int64 CODEC(T64, ZSTD(1)),
    measured         UInt64 CODEC(T64, ZSTD(1)),
    derived          UInt64 CODEC(T64, ZSTD(1)),
    adjusted         UInt64 CODEC(T64, ZSTD(1)),
    bins             Array(UInt16) CODEC(ZSTD(1)),
    bin_counts       Array(UInt64) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toDate(bucket)
ORDER BY (producer, subject_pattern, consumer, bucket, is_first, stage)
SETTINGS index_granularity = 1024, ttl_only_drop_parts = 1;
CREATE TABLE IF NOT EXISTS deliveries_1m AS deliveries_10s
ENGINE = ReplacingMergeTree(version)
PARTITION BY toDate(bucket)
ORDER BY (producer, subject_pattern, consumer, bucket, is_first, stage)
SETTINGS index_granularity = 1024, ttl_only_drop_parts = 1;
CREATE TABLE IF NOT EXISTS deliveries_1h AS deliveries_10s
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(bucket)
ORDER BY (producer, subject_pattern, consumer, bucket, is_first, stage)
SETTINGS index_granularity = 1024, ttl_only_drop_parts = 1;

-- What the map is drawn from, by the time of the span or server event; the facts and their keys are those
-- of store/rollups/traffic-rows.ts.
CREATE TABLE IF NOT EXISTS traffic_10s
(
    bucket      DateTime('UTC') CODEC(Delta, ZSTD(1)),
    version     UInt64 CODEC(Delta, ZSTD(1)),
    fact        LowCardinality(String),
    key         Array(LowCardinality(String)) CODEC(ZSTD(1)),
    count       UInt64 CODEC(T64, ZSTD(1)),
    failed      UInt64 CODEC(T64, ZSTD(1)),
    least       Int64 CODEC(T64, ZSTD(1)),
    most        Int64 CODEC(T64, ZSTD(1)),
    bins        Array(UInt16) CODEC(ZSTD(1)),
    bin_counts  Array(UInt64) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toDate(bucket)
ORDER BY (fact, bucket, key)
SETTINGS index_granularity = 1024, ttl_only_drop_parts = 1;
CREATE TABLE IF NOT EXISTS traffic_1m AS traffic_10s
ENGINE = ReplacingMergeTree(version)
PARTITION BY toDate(bucket)
ORDER BY (fact, bucket, key)
SETTINGS index_granularity = 1024, ttl_only_drop_parts = 1;
CREATE TABLE IF NOT EXISTS traffic_1h AS traffic_10s
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(bucket)
ORDER BY (fact, bucket, key)
SETTINGS index_granularity = 1024, ttl_only_drop_parts = 1;

-- How far the rollups reach; the newest version counts.
CREATE TABLE IF NOT EXISTS rollup_progress
(
    one          UInt8 DEFAULT 1,
    version      UInt64,
    -- Everything taken before this second is in the rollups, as far as they reach.
    inserted     DateTime('UTC'),
    -- Buckets before this are computed.
    rolled_to    DateTime('UTC'),
    -- Ages from which a level is sure to be kept.
    oldest_10s   DateTime('UTC'),
    oldest_1m    DateTime('UTC')
)
ENGINE = ReplacingMergeTree(version)
ORDER BY one;
