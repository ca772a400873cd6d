import { ANYTHING, type Interval, type Truth } from './interval.ts';
import type { Metric } from './metric.ts';
import type { Selector } from './selector.ts';

/** What is known of an expression's result without any data. */
export interface Value {
  range: Interval;
  /** Whether it has elements, if every metric in it that exists has series. */
  has: Truth;
  /** A plain number: a comparison with it is a threshold. */
  isNumber: boolean;
  /** The metric whose own values these are: passed on by aggregation, not by rate or arithmetic. */
  metric?: Metric;
  selector?: Selector;
  /** `time()`. */
  isNow?: boolean;
  /** Whether a comparison chooses what is there. */
  isFiltered: boolean;
}

export const unknownValue = (): Value => ({
  range: ANYTHING,
  has: 'sometimes',
  isNumber: false,
  isFiltered: false,
});

export const and = (left: Truth, right: Truth): Truth =>
  left === 'never' || right === 'never'
    ? 'never'
    : left === 'always' && right === 'always'
      ? 'always'
      : 'sometimes';

export const or = (left: Truth, right: Truth): Truth =>
  left === 'always' || right === 'always'
    ? 'always'
    : left === 'never' && right === 'never'
      ? 'never'
      : 'sometimes';
