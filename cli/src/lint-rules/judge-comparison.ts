import type { Finding } from './finding.ts';
import { compare, exactly, isExact, type Truth } from './interval.ts';
import type { Metric } from './metric.ts';
import type { Value } from './value.ts';

export const COMPARISONS: Readonly<Record<string, string>> = {
  Eql: '==',
  Neq: '!=',
  Gtr: '>',
  Lss: '<',
  Gte: '>=',
  Lte: '<=',
};

const MIRRORED: Readonly<Record<string, string>> = {
  Gtr: 'Lss',
  Lss: 'Gtr',
  Gte: 'Lte',
  Lte: 'Gte',
};

/** Whether a comparison keeps all, no or some elements; what is odd about it goes to `report`. */
export function judgeComparison(
  operator: string,
  { left, right, text }: { left: Value; right: Value; text: string },
  report: (finding: Finding) => void,
): Truth {
  if (left.isNumber && !right.isNumber) {
    const mirrored = MIRRORED[operator] ?? operator;
    return judgeComparison(mirrored, { left: right, right: left, text }, report);
  }
  const holds = compare(operator, left.range, right.range);
  const isThreshold = right.isNumber && isExact(right.range);
  if (holds !== 'sometimes') report(plainly(holds, { text, left, right }));
  else if (left.metric && isThreshold) {
    const finding = odd(operator, { metric: left.metric, limit: right.range.low, text });
    if (finding) report(finding);
  }
  return holds;
}

function plainly(
  holds: 'always' | 'never',
  { text, left, right }: { text: string; left: Value; right: Value },
): Finding {
  const { metric } = left;
  const unit = metric?.unit ?? '';
  const isTime = /epoch|second/.test(unit) && right.isNumber && !/^seconds$/.test(unit);
  const kind = isTime ? 'unit' : holds === 'always' ? 'always holds' : 'cannot hold';
  const why = metric
    ? `${metric.name} is ${rangeWords(metric, left)}`
    : `the left side is between ${left.range.low} and ${left.range.high}`;
  return {
    kind,
    text: `"${text}" ${holds === 'always' ? 'always' : 'can never'} ${holds === 'always' ? 'holds' : 'hold'}: ${why}`,
  };
}

function rangeWords({ unit, kind }: Metric, { range }: Value): string {
  const inUnit = unit === '' ? '' : ` in ${unit}`;
  if (kind === 'text') return 'always 1; its text stands in a label';
  if (isExact(range)) return `always ${range.low} here`;
  if (range.high === Number.POSITIVE_INFINITY) return `at least ${range.low}${inUnit}`;
  return `between ${range.low} and ${range.high}${inUnit}`;
}

function odd(
  operator: string,
  { metric, limit, text }: { metric: Metric; limit: number; text: string },
): Finding | undefined {
  const { name, trap, kind, unit } = metric;
  if (trap === 'status inverted' && holdsWhenWell(operator, limit)) {
    return {
      kind: 'inverted',
      text: `"${text}" holds while the server is healthy: ${name} is 0 when all is well and 1 when not`,
    };
  }
  if (kind === 'setting') return aboutSetting(operator, { metric, limit, text });
  if (kind === 'total' && operator.startsWith('G')) {
    return {
      kind: 'total as a level',
      text: `"${text}": ${name} only grows until the server restarts, so this never clears; use increase(${name}[10m])`,
    };
  }
  if (trap === 'percent of a core' && limit > 0 && limit <= 1) {
    return {
      kind: 'unit',
      text: `"${text}": ${name} is a percentage of one core (100 is one busy core), not a share of 1`,
    };
  }
  if (unit === 'microseconds' && limit > 0 && limit < 10) {
    return { kind: 'unit', text: `"${text}": ${name} is in microseconds` };
  }
  return undefined;
}

const holdsWhenWell = (operator: string, limit: number): boolean =>
  compare(operator, exactly(0), exactly(limit)) === 'always' &&
  compare(operator, exactly(1), exactly(limit)) === 'never';

function aboutSetting(
  operator: string,
  { metric, limit, text }: { metric: Metric; limit: number; text: string },
): Finding {
  const { name, byDefault } = metric;
  const unit = metric.unit === '' ? '' : ` ${metric.unit}`;
  if (byDefault === undefined) {
    return { kind: 'setting', text: `"${text}": ${name} changes with the configuration only` };
  }
  const fires = compare(operator, exactly(byDefault), exactly(limit)) === 'always';
  return {
    kind: 'setting',
    text:
      `"${text}": ${name} changes with the configuration only; at its default of ` +
      `${byDefault}${unit} this ${fires ? 'fires for ever' : 'never fires'}`,
  };
}
