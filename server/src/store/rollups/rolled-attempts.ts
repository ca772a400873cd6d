import {
  ATTEMPT_COLUMNS,
  deliveryStages,
  onPath,
  type PathFilter,
  pathParams,
  stageParams,
} from '../queries/paths/delivery-stages.ts';
import { FINE, floorTo, SECOND_NS } from './levels.ts';
import { isOfNewest } from './newest-version.ts';
import { type RolledBounds, unrolled } from './range.ts';
import type { Source } from './source.ts';

/** SQL that only the marks of buckets of attempts fulfil; begins as the sort key does. */
const IS_ATTEMPT_MARK = "producer = '' AND subject_pattern = '' AND consumer = '' AND number = 0";

const WITHIN = `bucket >= toDateTime({attempts_begin:UInt32}, 'UTC')
  AND bucket < toDateTime({attempts_end:UInt32}, 'UTC')`;

/**
 * Attempts (ATTEMPT_COLUMNS) of messages published within the bounds, to the nanosecond: as they were
 * concluded when they were rolled, and what is not rolled yet from the spans.
 */
export function rolledAttempts(args: RolledBounds & PathFilter): Source {
  const rest = unrolled(args);
  const parts: Source[] = [];
  if (args.reach.rolledTo > 0) parts.push(fromTable(args));
  if (rest) parts.push({ sql: deliveryStages(args), params: stageParams({ ...args, ...rest }) });
  const selects = parts.map(({ sql }) => `SELECT ${ATTEMPT_COLUMNS} FROM ${sql}`);
  return {
    sql: `(${selects.join('\n UNION ALL ')})`,
    params: Object.assign({}, ...parts.map(({ params }) => params)),
  };
}

function fromTable(args: RolledBounds & PathFilter): Source {
  const { from, to, reach } = args;
  return {
    sql: `(SELECT ${ATTEMPT_COLUMNS} FROM attempts
      WHERE ${WITHIN} AND published_ns BETWEEN {attempts_from:Int64} AND {attempts_to:Int64}
        AND ${onPath(args)} AND number > 0
        AND ${isOfNewest({ table: 'attempts', within: WITHIN, isMark: IS_ATTEMPT_MARK })})`,
    params: {
      // A range may lie centuries ahead, which the column's type does not hold.
      attempts_begin: Math.min(reach.rolledTo, floorTo(Number(from / SECOND_NS), FINE)),
      attempts_end: Math.min(reach.rolledTo, Number(to / SECOND_NS) + 1),
      attempts_from: from,
      attempts_to: to,
      ...pathParams(args),
    },
  };
}
