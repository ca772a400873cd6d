-- What NATS servers tell of themselves and their connections (model: ClusterEventRow).
CREATE TABLE IF NOT EXISTS cluster_events
(
    time        DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    id          String,
    kind        LowCardinality(String),
    source      LowCardinality(String),
    server      LowCardinality(String),
    account     LowCardinality(String),
    connection  String,
    cid         UInt64,
    reason      String,
    raw         String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate(time)
ORDER BY (time, id)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456;
