const MIB = 1024 * 1024;

/**
 * ClickHouse server settings for an engine that shares a machine with what it watches: the defaults
 * (0.9 of the memory, 5 GB of mark cache, 16 merge threads) are those of a dedicated server.
 */
export function engineConfig(maxMemoryBytes: number): string {
  const settings: Record<string, number> = {
    max_server_memory_usage: maxMemoryBytes,
    mark_cache_size: 32 * MIB,
    index_mark_cache_size: 16 * MIB,
    primary_index_cache_size: 32 * MIB,
    uncompressed_cache_size: 0,
    index_uncompressed_cache_size: 0,
    mmap_cache_size: 0,
    compiled_expression_cache_size: 8 * MIB,
    query_condition_cache_size: 16 * MIB,
    background_pool_size: 2,
    background_merges_mutations_concurrency_ratio: 1,
    background_common_pool_size: 1,
    background_fetches_pool_size: 1,
    background_move_pool_size: 1,
    background_schedule_pool_size: 4,
  };
  const lines = Object.entries(settings).map(([name, value]) => `  <${name}>${value}</${name}>`);
  return `<clickhouse>\n${lines.join('\n')}\n</clickhouse>\n`;
}
