-- One row per server that a traced message passed (model: HopRow). ReplacingMergeTree: a replayed event
-- is the same row.
CREATE TABLE IF NOT EXISTS hops
(
    time                 DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    trace_id             FixedString(16) CODEC(ZSTD(1)),
    span_id              FixedString(8) CODEC(ZSTD(1)),
    server_id            LowCardinality(String),
    server_name          LowCardinality(String),
    cluster              LowCardinality(String),
    domain               LowCardinality(String),
    version              LowCardinality(String),
    hop                  LowCardinality(String),
    expects              Array(LowCardinality(String)),
    ingress_kind         LowCardinality(String),
    ingress_cid          String CODEC(ZSTD(1)),
    ingress_name         LowCardinality(String),
    account              LowCardinality(String),
    subject              String CODEC(ZSTD(1)),
    size_bytes           UInt32 CODEC(T64, ZSTD(1)),
    error                LowCardinality(String),
    stream               LowCardinality(String),
    -- Unix ns, 0 when nothing was stored.
    store_time           UInt64 CODEC(Delta, ZSTD(1)),
    store_error          LowCardinality(String),
    egress_kind          Array(LowCardinality(String)),
    egress_time          Array(UInt64),
    egress_cid           Array(String),
    egress_name          Array(LowCardinality(String)),
    egress_hop           Array(LowCardinality(String)),
    egress_account       Array(LowCardinality(String)),
    egress_subscription  Array(LowCardinality(String)),
    egress_queue         Array(LowCardinality(String)),
    egress_error         Array(LowCardinality(String)),
    raw                  String CODEC(ZSTD(3)),
    INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate(time)
ORDER BY (time, trace_id, span_id, server_id, hop)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456;
