import { unixNs } from '@hopline/model';
import type { ParamValue } from '../database.ts';
import { stageParams } from '../queries/paths/delivery-stages.ts';
import type { Background } from './background.ts';
import { DELIVERY_COLUMNS, deliveryRows, mergedDeliveries } from './delivery-rows.ts';
import { LEVELS, type Level, SECOND_NS } from './levels.ts';
import { IS_DELIVERY_MARK } from './rolled-deliveries.ts';
import {
  IS_TRAFFIC_MARK,
  mergedTraffic,
  TRAFFIC_COLUMNS,
  TRAFFIC_FACTS,
  trafficRows,
} from './traffic-rows.ts';

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

/** One kind of rollup: a table for each level. */
interface Kind {
  name: 'deliveries' | 'traffic';
  columns: string;
  isMark: string;
  /** Columns of a mark after its bucket. */
  mark: string;
  fromSpans: string;
  merged: (rows: string) => string;
}

const KINDS: readonly Kind[] = [
  {
    name: 'deliveries',
    columns: DELIVERY_COLUMNS,
    isMark: IS_DELIVERY_MARK,
    mark: "'', '', '', 0, '', 0, 0, 0, 0, 0, 0, 0, 0, [], []",
    fromSpans: deliveryRows({ inSteps: true }),
    merged: mergedDeliveries,
  },
  {
    name: 'traffic',
    columns: TRAFFIC_COLUMNS,
    isMark: IS_TRAFFIC_MARK,
    mark: "'', [], 0, 0, 0, 0, [], []",
    fromSpans: TRAFFIC_FACTS.map((fact) => trafficRows(fact, { inSteps: true })).join(
      ' UNION ALL ',
    ),
    merged: mergedTraffic,
  },
];

/** Computes buckets from spans and server events. */
export async function rollFromSpans(work: Work, { level, buckets }: Buckets): Promise<void> {
  const from = unixNs(BigInt(Math.min(...buckets)) * SECOND_NS);
  const to = unixNs(BigInt(Math.max(...buckets) + level.seconds) * SECOND_NS - 1n);
  const params = stageParams({ from, to, timeoutMs: 0 });
  for (const kind of KINDS) {
    await insert(work, kind, { level, buckets, sql: kind.fromSpans, params });
  }
}

/** Computes buckets from those of the next finer level. */
export async function rollFromFiner(work: Work, { level, buckets }: Buckets): Promise<void> {
  const finer = LEVELS[LEVELS.indexOf(level) - 1];
  if (!finer) throw new Error(`cannot merge into level ${level.name}: it is the finest`);
  const params = { first: Math.min(...buckets), end: Math.max(...buckets) + level.seconds };
  for (const kind of KINDS) {
    const sql = kind.merged(`(${newestRows(kind, finer)})`);
    await insert(work, kind, { level, buckets, sql, params });
  }
}

/** SQL: rows of the finer buckets within those that begin at {begins}. */
function newestRows({ name, columns, isMark }: Kind, { name: level }: Level): string {
  const table = `${name}_${level}`;
  const within = `bucket >= toDateTime({first:UInt32}, 'UTC') AND bucket < toDateTime({end:UInt32}, 'UTC')
    AND intDiv(toUnixTimestamp(bucket), {grain:UInt32}) * {grain:UInt32}
      IN (SELECT toUInt32(arrayJoin({begins:Array(String)})))`;
  return `SELECT ${columns} FROM ${table}
    WHERE ${within} AND NOT (${isMark}) AND (bucket, version) IN (
      SELECT bucket, max(version) FROM ${table} WHERE ${within} AND ${isMark} GROUP BY bucket)`;
}

/** One statement, so that a bucket's rows and its mark are there at once. */
async function insert(
  { ask, version }: Work,
  { name, columns, mark }: Kind,
  rows: Buckets & { sql: string; params: Record<string, ParamValue> },
): Promise<void> {
  const { level, buckets, sql, params } = rows;
  const begins = buckets.map(String);
  await ask({
    tag: `roll-${name}-${level.name}`,
    sql: `INSERT INTO ${name}_${level.name} (${columns}, version)
      SELECT ${columns}, {version:UInt64} FROM (${sql}
        UNION ALL SELECT toDateTime(toUInt32(arrayJoin({begins:Array(String)})), 'UTC'), ${mark})`,
    params: { ...params, grain: level.seconds, begins, version },
    maxRows: 0,
  });
}
