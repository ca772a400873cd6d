import { onPath, type PathFilter, pathParams } from '../queries/paths/delivery-stages.ts';
import { DELIVERY_COLUMNS, deliveryRows } from './delivery-rows.ts';
import { type RolledBounds, rangePlan } from './range.ts';
import { rolledAttempts } from './rolled-attempts.ts';
import { rolledRows } from './rolled-rows.ts';
import type { Source } from './source.ts';

/** SQL that only the marks of buckets of deliveries fulfil; begins as the sort key does. */
export const IS_DELIVERY_MARK =
  "producer = '' AND subject_pattern = '' AND consumer = '' AND stage = ''";

/**
 * Rows of deliveries (DELIVERY_COLUMNS) of messages published within the bounds: from the rollups as far
 * as they reach, of the rest counted from the attempts. No bucket crosses a border between steps.
 */
export function rolledDeliveries(args: RolledBounds & PathFilter, stepSeconds?: number): Source {
  const plan = rangePlan(args, stepSeconds);
  const parts: Source[] = rolledRows(plan, {
    table: 'deliveries',
    columns: DELIVERY_COLUMNS,
    isMark: IS_DELIVERY_MARK,
    where: onPath(args),
  });
  if (plan.rest || parts.length === 0) {
    const attempts = rolledAttempts({ ...args, ...plan.rest });
    // A step that is no whole number of buckets is one of a range without rollups.
    const params = { ...attempts.params, grain: stepSeconds ?? 10 };
    parts.push({ sql: deliveryRows(attempts.sql), params });
  }
  return {
    sql: `(${parts.map(({ sql }) => sql).join('\n UNION ALL ')})`,
    params: Object.assign(pathParams(args), ...parts.map((part) => part.params)),
  };
}

/** SQL: begin of the step that holds a row's bucket, Unix ns as text. */
export const stepBegin = (stepSeconds: string): string =>
  `concat(toString(intDiv(toUnixTimestamp(bucket), ${stepSeconds}) * ${stepSeconds}), '000000000')`;
