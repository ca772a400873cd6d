-- The schema that a message was written with, as its span tells it: who writes and who reads which
-- version is asked without reading attribute maps. '' for the spans of messages without one.
ALTER TABLE spans
    ADD COLUMN IF NOT EXISTS schema_subject LowCardinality(String)
        MATERIALIZED attributes['messaging.nats.schema.subject'],
    ADD COLUMN IF NOT EXISTS schema_id LowCardinality(String)
        MATERIALIZED attributes['messaging.nats.schema.id'],
    ADD COLUMN IF NOT EXISTS schema_error LowCardinality(String)
        MATERIALIZED attributes['messaging.nats.schema.error'];
