-- When the engine took the row, to the second: what came since a roll is found by it, however late it is
-- (ADR 0006). 1970 for rows from before this column.
ALTER TABLE spans
    ADD COLUMN IF NOT EXISTS inserted DateTime('UTC') DEFAULT toDateTime(0, 'UTC') CODEC(Delta, ZSTD(1)),
    ADD INDEX IF NOT EXISTS by_inserted inserted TYPE minmax GRANULARITY 1;
ALTER TABLE hops
    ADD COLUMN IF NOT EXISTS inserted DateTime('UTC') DEFAULT toDateTime(0, 'UTC') CODEC(Delta, ZSTD(1)),
    ADD INDEX IF NOT EXISTS by_inserted inserted TYPE minmax GRANULARITY 1;
