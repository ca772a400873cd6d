-- Streams and consumers as their leader reported them, one row per asset and sweep (model: AssetRow).
CREATE TABLE IF NOT EXISTS assets
(
    time                  DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    kind                  Enum8('stream' = 1, 'consumer' = 2),
    account               LowCardinality(String),
    domain                LowCardinality(String),
    cluster               LowCardinality(String),
    server_name           LowCardinality(String),
    stream                LowCardinality(String),
    consumer              LowCardinality(String),
    subjects              Array(LowCardinality(String)),
    queue_group           LowCardinality(String),
    messages              UInt64,
    bytes                 UInt64,
    first_seq             UInt64,
    last_seq              UInt64,
    num_pending           UInt64,
    num_ack_pending       UInt64,
    num_redelivered       UInt64,
    num_waiting           UInt64,
    delivered_stream_seq  UInt64,
    ack_floor_stream_seq  UInt64,
    max_deliver           Int64
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate(time)
ORDER BY (account, stream, kind, consumer, time)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456;
