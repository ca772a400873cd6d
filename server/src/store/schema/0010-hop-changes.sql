-- How a server changed subject or account of a message on its way: subject mappings, stream exports,
-- service imports; parallel arrays in order of time (model: HopRow).
ALTER TABLE hops
    ADD COLUMN IF NOT EXISTS change_kind Array(LowCardinality(String)) AFTER store_error,
    ADD COLUMN IF NOT EXISTS change_time Array(UInt64) AFTER change_kind,
    ADD COLUMN IF NOT EXISTS change_account Array(LowCardinality(String)) AFTER change_time,
    ADD COLUMN IF NOT EXISTS change_from Array(String) AFTER change_account,
    ADD COLUMN IF NOT EXISTS change_to Array(String) AFTER change_from;
