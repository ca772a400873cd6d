import type { ParamValue } from '../database.ts';
import { type PathFilter, stageParams } from '../queries/paths/delivery-stages.ts';
import { DELIVERY_COLUMNS, deliveryRows } from './delivery-rows.ts';
import { type RolledBounds, rangePlan } from './range.ts';
import { rolledRows } from './rolled-rows.ts';

/** A sub-select with its parameters. */
export interface Source {
  sql: string;
  params: Record<string, ParamValue>;
}

/** SQL that only the marks of buckets of deliveries fulfil; begins as the sort key does. */
export const IS_DELIVERY_MARK =
  "producer = '' AND subject_pattern = '' AND consumer = '' AND stage = ''";

/**
 * Rows of deliveries (DELIVERY_COLUMNS) of messages published within the bounds: from the rollups as far
 * as they reach, of the rest concluded from the spans. No bucket crosses a border between steps.
 */
export function rolledDeliveries(args: RolledBounds & PathFilter, stepSeconds?: number): Source {
  const plan = rangePlan(args, stepSeconds);
  const { producer, subject, consumer } = args;
  const where = [
    producer === undefined ? '1' : 'producer = {producer:String}',
    subject === undefined ? '1' : 'subject_pattern = {pattern:String}',
    consumer === undefined ? '1' : 'consumer = {handler:String}',
  ].join(' AND ');
  const parts = rolledRows(plan, {
    table: 'deliveries',
    columns: DELIVERY_COLUMNS,
    isMark: IS_DELIVERY_MARK,
    where,
  });
  const params = stageParams({ ...args, ...plan.rest });
  // A step that is no whole number of buckets is one of a range without rollups.
  if (plan.rest) parts.push({ sql: deliveryRows(args), params: { grain: stepSeconds ?? 10 } });
  return {
    sql: `(${parts.map(({ sql }) => sql).join('\n UNION ALL ')})`,
    params: Object.assign(params, ...parts.map((part) => part.params)),
  };
}

/** SQL: begin of the step that holds a row's bucket, Unix ns as text. */
export const stepBegin = (stepSeconds: string): string =>
  `concat(toString(intDiv(toUnixTimestamp(bucket), ${stepSeconds}) * ${stepSeconds}), '000000000')`;
