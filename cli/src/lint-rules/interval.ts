/** All values that a series may have: both ends included. */
export interface Interval {
  low: number;
  high: number;
}

const { NEGATIVE_INFINITY: MIN, POSITIVE_INFINITY: MAX } = Number;

export const ANYTHING: Interval = { low: MIN, high: MAX };
export const COUNT: Interval = { low: 0, high: MAX };

export const exactly = (value: number): Interval => ({ low: value, high: value });
export const isExact = ({ low, high }: Interval): boolean => low === high;

/** What an operator makes of two intervals; anything for one that is not modelled. */
export function combine(operator: string, left: Interval, right: Interval): Interval {
  switch (operator) {
    case 'Add':
      return { low: left.low + right.low, high: left.high + right.high };
    case 'Sub':
      return { low: left.low - right.high, high: left.high - right.low };
    case 'Mul':
      return corners(left, right, times);
    case 'Div':
      // A divisor that may be 0 gives anything up to infinity on the sides that the signs allow.
      if (right.low > 0 || right.high < 0) return corners(left, right, (a, b) => a / b);
      return left.low >= 0 && right.low >= 0 ? COUNT : ANYTHING;
    default:
      return ANYTHING;
  }
}

const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

function corners(a: Interval, b: Interval, apply: (x: number, y: number) => number): Interval {
  const values = [
    apply(a.low, b.low),
    apply(a.low, b.high),
    apply(a.high, b.low),
    apply(a.high, b.high),
  ];
  if (values.some(Number.isNaN)) return ANYTHING;
  return { low: Math.min(...values), high: Math.max(...values) };
}

export type Truth = 'always' | 'never' | 'sometimes';

/** Whether a comparison holds for every, no or some pair out of the intervals. */
export function compare(operator: string, left: Interval, right: Interval): Truth {
  switch (operator) {
    case 'Gtr':
      return truth(left.low > right.high, left.high <= right.low);
    case 'Gte':
      return truth(left.low >= right.high, left.high < right.low);
    case 'Lss':
      return truth(left.high < right.low, left.low >= right.high);
    case 'Lte':
      return truth(left.high <= right.low, left.low > right.high);
    case 'Eql':
      return equality(left, right);
    case 'Neq':
      return opposite(equality(left, right));
    default:
      return 'sometimes';
  }
}

function equality(left: Interval, right: Interval): Truth {
  return truth(
    isExact(left) && isExact(right) && left.low === right.low,
    left.high < right.low || left.low > right.high,
  );
}

const truth = (isAlways: boolean, isNever: boolean): Truth =>
  isAlways ? 'always' : isNever ? 'never' : 'sometimes';

const OPPOSITE: Record<Truth, Truth> = { always: 'never', never: 'always', sometimes: 'sometimes' };
const opposite = (one: Truth): Truth => OPPOSITE[one];
