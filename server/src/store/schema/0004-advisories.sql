CREATE TABLE IF NOT EXISTS advisories
(
    time          DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    id            String,
    kind          LowCardinality(String),
    stream        LowCardinality(String),
    consumer      LowCardinality(String),
    stream_seq    UInt64,
    consumer_seq  UInt64,
    deliveries    UInt32,
    reason        String,
    domain        LowCardinality(String),
    raw           String CODEC(ZSTD(3)),
    INDEX by_sequence stream_seq TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate(time)
ORDER BY (time, id)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456;
