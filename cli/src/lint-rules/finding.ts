/**
 * - `syntax`               Prometheus cannot read it
 * - `unknown metric`       nobody gives a metric of that name
 * - `unknown label`        the metric does not have that label
 * - `cannot hold`, `always holds`   a comparison whose sides are known well enough
 * - `no comparison`        an alert that fires for every series there is
 * - `rate of a gauge`      rate, irate, increase of what goes up and down
 * - `total as a level`     a number that only grows, compared: it never clears
 * - `setting`              a number that only the configuration changes
 * - `unit`                 a moment or a duration in another unit than the other side
 * - `inverted`             fires while all is well
 * - `followers`            counts what only the leader knows
 * - `counted twice`        sums series that contain each other
 * - `dead server`          takes it for a sign of life that series are there
 */
export type FindingKind =
  | 'syntax'
  | 'unknown metric'
  | 'unknown label'
  | 'cannot hold'
  | 'always holds'
  | 'no comparison'
  | 'rate of a gauge'
  | 'total as a level'
  | 'setting'
  | 'unit'
  | 'inverted'
  | 'followers'
  | 'counted twice'
  | 'dead server';

export interface Finding {
  kind: FindingKind;
  /** One sentence: what is wrong, and where it helps what to write. */
  text: string;
}
