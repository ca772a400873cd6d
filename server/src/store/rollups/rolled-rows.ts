import type { ParamValue } from '../database.ts';
import { LEVELS } from './levels.ts';
import { isOfNewest } from './newest-version.ts';
import type { RangePlan, Stretch } from './range.ts';
import type { Source } from './source.ts';

interface Rolled {
  /** `deliveries` or `traffic`. */
  table: string;
  columns: string;
  /** Condition that only marks of buckets fulfil. */
  isMark: string;
  /** More that rows must fulfil. */
  where: string;
}

/**
 * SQL: the rows of a plan's stretches, level by level; only those of the newest version of their bucket.
 * Empty for a plan without stretches.
 */
export function rolledRows(plan: RangePlan, { table, columns, isMark, where }: Rolled): Source[] {
  return LEVELS.flatMap((level) => {
    const own = plan.stretches.filter((stretch) => stretch.level === level);
    if (own.length === 0) return [];
    const within = withinStretches(own);
    const name = `${table}_${level.name}`;
    return [
      {
        sql: `SELECT ${columns} FROM ${name}
          WHERE ${within.sql} AND ${where} AND NOT (${isMark})
            AND ${isOfNewest({ table: name, within: within.sql, isMark })}`,
        params: within.params,
      },
    ];
  });
}

function withinStretches(stretches: readonly Stretch[]): Source {
  const params: Record<string, ParamValue> = {};
  const parts = stretches.map(({ level, begin, end }, index) => {
    const name = `at_${level.name}_${index}`;
    params[`${name}_begin`] = begin;
    params[`${name}_end`] = end;
    return (
      `bucket >= toDateTime({${name}_begin:UInt32}, 'UTC') AND ` +
      `bucket < toDateTime({${name}_end:UInt32}, 'UTC')`
    );
  });
  return { sql: `(${parts.map((part) => `(${part})`).join(' OR ')})`, params };
}
