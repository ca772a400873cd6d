import { binOf } from './sketch.ts';

/** Columns of a row of deliveries, of whatever level, but for the version. */
export const DELIVERY_COLUMNS = `bucket, producer, subject_pattern, consumer, is_first, stage, count, failed,
  sum, least, most, measured, derived, adjusted, bins, bin_counts`;

const DELIVERY_KEY = 'bucket, producer, subject_pattern, consumer, is_first, stage';

/** SQL: attempts, a sub-select with ATTEMPT_COLUMNS, in buckets of {grain:UInt32} seconds. */
export const deliveryRows = (attempts: string): string => `
  SELECT ${DELIVERY_KEY}, sum(n) AS count, sum(f) AS failed, sum(s) AS sum, min(lo) AS least,
    max(hi) AS most, sum(m) AS measured, sum(d) AS derived, sum(a) AS adjusted,
    groupArray(bin) AS bins, groupArray(n) AS bin_counts
  FROM (
    SELECT toDateTime(intDiv(published_ns, 1000000000 * {grain:UInt32}) * {grain:UInt32}, 'UTC') AS bucket,
      producer, subject_pattern, consumer, number = 1 AS is_first, stage, ${binOf('took')} AS bin,
      count() AS n, sum(attempt.failed) AS f, sum(toInt128(took)) AS s, min(took) AS lo, max(took) AS hi,
      countIf(provenance = 'measured') AS m, countIf(provenance = 'derived') AS d,
      countIf(provenance = 'adjusted') AS a
    FROM ${attempts} AS attempt
    ARRAY JOIN stages AS stage, durations AS took, provenances AS provenance
    GROUP BY ${DELIVERY_KEY}, bin
  )
  GROUP BY ${DELIVERY_KEY}`;

/** SQL: rows of one level as those of a coarser one, of {grain:UInt32} seconds. `rows` is a sub-select. */
export const mergedDeliveries = (rows: string): string => `
  SELECT toDateTime(intDiv(toUnixTimestamp(fine.bucket), {grain:UInt32}) * {grain:UInt32}, 'UTC') AS bucket,
    producer, subject_pattern, consumer, is_first, stage, sum(fine.count) AS count,
    sum(fine.failed) AS failed, sum(fine.sum) AS sum, min(fine.least) AS least, max(fine.most) AS most,
    sum(fine.measured) AS measured, sum(fine.derived) AS derived, sum(fine.adjusted) AS adjusted,
    (sumMap(fine.bins, fine.bin_counts) AS merged).1 AS bins, merged.2 AS bin_counts
  FROM ${rows} AS fine
  GROUP BY ${DELIVERY_KEY}`;
