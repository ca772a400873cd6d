-- Name of the NATS connection of the span's client: joins server trace events to services without
-- reading attribute maps.
ALTER TABLE spans ADD COLUMN IF NOT EXISTS connection LowCardinality(String)
    MATERIALIZED attributes['messaging.nats.connection.name'];
