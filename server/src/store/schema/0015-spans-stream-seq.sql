-- A message is looked up by where its stream stored it. Parts from before have no index of it until they merge.
ALTER TABLE spans ADD INDEX IF NOT EXISTS by_stream_seq stream_seq TYPE bloom_filter(0.01) GRANULARITY 1;
