import { unixNs } from '@hopline/model';
import type { ParamValue } from '../database.ts';
import { ATTEMPT_COLUMNS, deliveryStages, stageParams } from '../queries/paths/delivery-stages.ts';
import type { Background } from './background.ts';
import { DELIVERY_COLUMNS, deliveryRows, mergedDeliveries } from './delivery-rows.ts';
import { FINE, LEVELS, type Level, SECOND_NS } from './levels.ts';
import { isOfNewest } from './newest-version.ts';
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
  /** SQL: rows of buckets, from attempts or spans. */
  counted: string;
  merged: (rows: string) => string;
}

const WITHIN =
  "bucket >= toDateTime({first:UInt32}, 'UTC') AND bucket < toDateTime({end:UInt32}, 'UTC')";

const KINDS: readonly Kind[] = [
  {
    name: 'deliveries',
    columns: DELIVERY_COLUMNS,
    isMark: IS_DELIVERY_MARK,
    mark: "'', '', '', 0, '', 0, 0, 0, 0, 0, 0, 0, 0, [], []",
    counted: deliveryRows(`(SELECT ${ATTEMPT_COLUMNS} FROM attempts
      WHERE ${WITHIN} AND version = {version:UInt64} AND number > 0)`),
    merged: mergedDeliveries,
  },
  {
    name: 'traffic',
    columns: TRAFFIC_COLUMNS,
    isMark: IS_TRAFFIC_MARK,
    mark: "'', [], 0, 0, 0, 0, [], []",
    counted: TRAFFIC_FACTS.map((fact) => trafficRows(fact, { inSteps: true })).join(' UNION ALL '),
    merged: mergedTraffic,
  },
];

/** Computes buckets from spans and server events: attempts first, what is counted of them then. */
export async function rollFromSpans(work: Work, { level, buckets }: Buckets): Promise<void> {
  const first = Math.min(...buckets);
  const end = Math.max(...buckets) + level.seconds;
  const from = unixNs(BigInt(first) * SECOND_NS);
  const to = unixNs(BigInt(end) * SECOND_NS - 1n);
  const params = { ...stageParams({ from, to, timeoutMs: 0 }), first, end };
  await insertAttempts(work, { level, buckets, params });
  for (const kind of KINDS) {
    await insert(work, kind, { level, buckets, sql: kind.counted, params });
  }
}

/** Their buckets are of the finest level, whatever level is computed. */
async function insertAttempts(
  { ask, version }: Work,
  { level, buckets, params }: Buckets & { params: Record<string, ParamValue> },
): Promise<void> {
  const marks = buckets.flatMap((begin) =>
    Array.from({ length: level.seconds / FINE.seconds }, (_, index) =>
      String(begin + index * FINE.seconds),
    ),
  );
  await ask({
    tag: `roll-attempts-${level.name}`,
    sql: `INSERT INTO attempts (${ATTEMPT_COLUMNS}, version)
      SELECT ${ATTEMPT_COLUMNS}, {version:UInt64} FROM (
        SELECT * FROM ${deliveryStages({ inSteps: true })}
        UNION ALL SELECT toDateTime(toUInt32(arrayJoin({marks:Array(String)})), 'UTC'), '', '', '',
          '', '', '', '', 0, 0, 0, [], [], [])`,
    params: { ...params, grain: level.seconds, begins: buckets.map(String), marks, version },
    maxRows: 0,
  });
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
  const within = `${WITHIN} AND intDiv(toUnixTimestamp(bucket), {grain:UInt32}) * {grain:UInt32}
      IN (SELECT toUInt32(arrayJoin({begins:Array(String)})))`;
  return `SELECT ${columns} FROM ${table}
    WHERE ${within} AND NOT (${isMark}) AND ${isOfNewest({ table, within, isMark })}`;
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
