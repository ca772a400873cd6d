-- How far the clock of a process is ahead of the servers', by steps of ten minutes: at least and at most,
-- ns, of all evidence (store/queries/clock-evidence.ts). Extremes merge: evidence may count twice.
CREATE TABLE IF NOT EXISTS clock_windows
(
    bucket    DateTime('UTC'),
    -- service/instance
    clock     LowCardinality(String),
    at_least  SimpleAggregateFunction(max, Int64),
    at_most   SimpleAggregateFunction(min, Int64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toDate(bucket)
ORDER BY (bucket, clock)
SETTINGS ttl_only_drop_parts = 1;
-- When the leader had the consumer's last ack, Unix ns, 0 when not told (model: AssetRow).
ALTER TABLE assets ADD COLUMN IF NOT EXISTS last_ack_time UInt64 DEFAULT 0;
