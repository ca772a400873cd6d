-- Spans in order of time (ADR 0003). Hot messaging keys are real columns, read from the attribute map
-- at insert; '' and 0 mean "not told". Times are UTC. Parts stay in one file up to 256 MiB of rows: with
-- as many columns, that takes a third off an insert and half off a merge, and costs 3 % of disk.
CREATE TABLE IF NOT EXISTS spans
(
    start                DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    duration_ns          UInt64 CODEC(T64, ZSTD(1)),
    trace_id             FixedString(16) CODEC(ZSTD(1)),
    span_id              FixedString(8) CODEC(ZSTD(1)),
    -- Eight zero bytes for a root.
    parent_span_id       FixedString(8) CODEC(ZSTD(1)),
    kind                 Enum8('UNSPECIFIED' = 0, 'INTERNAL' = 1, 'SERVER' = 2, 'CLIENT' = 3, 'PRODUCER' = 4, 'CONSUMER' = 5),
    status               Enum8('UNSET' = 0, 'OK' = 1, 'ERROR' = 2),
    status_message       String CODEC(ZSTD(1)),
    name                 LowCardinality(String),
    service              LowCardinality(String),
    instance             LowCardinality(String),
    scope                LowCardinality(String),
    system               LowCardinality(String),
    operation_name       LowCardinality(String),
    operation_type       LowCardinality(String),
    subject              String CODEC(ZSTD(1)),
    -- The span's destination template, else the subject with its varying tokens as '*'.
    subject_pattern      LowCardinality(String),
    stream               LowCardinality(String),
    consumer             LowCardinality(String),
    queue_group          LowCardinality(String),
    stream_seq           UInt64 CODEC(T64, ZSTD(1)),
    consumer_seq         UInt64 CODEC(T64, ZSTD(1)),
    delivery_count       UInt32 CODEC(T64, ZSTD(1)),
    -- Unix ns, 0 when not told: Tst and T3 of docs/message-model.md.
    store_time           UInt64 CODEC(Delta, ZSTD(1)),
    receive_time         UInt64 CODEC(Delta, ZSTD(1)),
    disposition          LowCardinality(String),
    message_key          String CODEC(ZSTD(1)),
    body_size            UInt32 CODEC(T64, ZSTD(1)),
    error_type           LowCardinality(String),
    resource             Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    attributes           Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    events Nested (time DateTime64(9, 'UTC'), name LowCardinality(String), attributes Map(LowCardinality(String), String)),
    links Nested (trace_id FixedString(16), span_id FixedString(8), attributes Map(LowCardinality(String), String)),
    INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_linked_trace links.trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_message_key message_key TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_attribute mapValues(attributes) TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(start)
ORDER BY start
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456;
