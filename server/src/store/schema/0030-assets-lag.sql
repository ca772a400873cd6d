-- Lag and verdict of a consumer beside what its leader reported (model: AssetRow).
ALTER TABLE assets
    ADD COLUMN IF NOT EXISTS verdict                LowCardinality(String) DEFAULT '',
    ADD COLUMN IF NOT EXISTS delivery_lag_seconds   Nullable(Float64),
    ADD COLUMN IF NOT EXISTS completion_lag_seconds Nullable(Float64),
    ADD COLUMN IF NOT EXISTS lag_method             LowCardinality(String) DEFAULT '';
