-- What takes messages out of a stream: its limits, or their consumers' acks (model: AssetRow).
ALTER TABLE assets ADD COLUMN IF NOT EXISTS retention LowCardinality(String) DEFAULT '';
