import { unixNs } from '@hopline/model';
import type { ParamValue } from '../database.ts';
import { stageParams } from '../queries/paths/delivery-stages.ts';
import type { Background } from './background.ts';
import { DELIVERY_COLUMNS, deliveryRows, mergedDeliveries } from './delivery-rows.ts';
import { LEVELS, type Level, SECOND_NS } from './levels.ts';
import { IS_DELIVERY_MARK } from './rolled-deliveries.ts';

interface Work {
  ask: Background;
  /** Unix ms: of a bucket the rows of the highest count. */
  version: number;
}

interface Buckets {
  level: Level;
  /** Begins, Unix seconds. */
  buckets: readonly number[];
}

/** Computes buckets from the spans. */
export async function rollFromSpans(work: Work, { level, buckets }: Buckets): Promise<void> {
  const from = unixNs(BigInt(Math.min(...buckets)) * SECOND_NS);
  const to = unixNs(BigInt(Math.max(...buckets) + level.seconds) * SECOND_NS - 1n);
  const params = stageParams({ from, to, timeoutMs: 0 });
  await insert(work, { level, buckets }, { sql: deliveryRows({ inSteps: true }), params });
}

/** Computes buckets from those of the next finer level. */
export async function rollFromFiner(work: Work, { level, buckets }: Buckets): Promise<void> {
  const finer = LEVELS[LEVELS.indexOf(level) - 1];
  if (!finer) throw new Error(`cannot merge into level ${level.name}: it is the finest`);
  const table = `deliveries_${finer.name}`;
  const within = `bucket >= toDateTime({first:UInt32}, 'UTC') AND bucket < toDateTime({end:UInt32}, 'UTC')
    AND intDiv(toUnixTimestamp(bucket), {grain:UInt32}) * {grain:UInt32}
      IN (SELECT toUInt32(arrayJoin({begins:Array(String)})))`;
  const rows = `(SELECT ${DELIVERY_COLUMNS} FROM ${table}
    WHERE ${within} AND NOT (${IS_DELIVERY_MARK}) AND (bucket, version) IN (
      SELECT bucket, max(version) FROM ${table} WHERE ${within} AND ${IS_DELIVERY_MARK} GROUP BY bucket))`;
  const params = { first: Math.min(...buckets), end: Math.max(...buckets) + level.seconds };
  await insert(work, { level, buckets }, { sql: mergedDeliveries(rows), params });
}

async function insert(
  { ask, version }: Work,
  { level, buckets }: Buckets,
  rows: { sql: string; params: Record<string, ParamValue> },
): Promise<void> {
  const marks = `SELECT toDateTime(toUInt32(arrayJoin({begins:Array(String)})), 'UTC'),
    '', '', '', 0, '', 0, 0, 0, 0, 0, 0, 0, 0, [], []`;
  const begins = buckets.map(String);
  await ask({
    tag: `roll-deliveries-${level.name}`,
    sql: `INSERT INTO deliveries_${level.name} (${DELIVERY_COLUMNS}, version)
      SELECT ${DELIVERY_COLUMNS}, {version:UInt64} FROM (${rows.sql} UNION ALL ${marks})`,
    params: { ...rows.params, grain: level.seconds, begins, version },
    maxRows: 0,
  });
}
