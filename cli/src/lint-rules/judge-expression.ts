import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Finding } from './finding.ts';
import { combine, exactly, type Interval, type Truth } from './interval.ts';
import { type CallContext, judgeCall } from './judge-call.ts';
import { COMPARISONS, judgeComparison } from './judge-comparison.ts';
import { judgeSelector, type KnownNames } from './judge-selector.ts';
import { readSelector } from './selector.ts';
import { and, or, unknownValue, type Value } from './value.ts';

export interface Judgement {
  /** Whether the expression has a result, given that every metric that exists has series. */
  has: Truth;
  isFiltered: boolean;
  findings: Finding[];
}

/** Follows an expression of PromQL with all that is known without data: ranges, types, labels. Pure. */
export function judgeExpression(source: string, catalogue: KnownNames): Judgement {
  const tree = parser.parse(source);
  const broken = findError(tree.topNode);
  if (broken) {
    const near = source.slice(broken.from, broken.from + 20) || 'its end';
    const text = `not PromQL near ${JSON.stringify(near)}`;
    return { has: 'sometimes', isFiltered: true, findings: [{ kind: 'syntax', text }] };
  }
  const judge = new Judge(source, catalogue);
  const root = tree.topNode.firstChild;
  const value = root ? judge.value(root) : unknownValue();
  return { has: value.has, isFiltered: value.isFiltered, findings: judge.findings };
}

function findError(node: SyntaxNode): SyntaxNode | undefined {
  let found: SyntaxNode | undefined;
  node.cursor().iterate((at) => {
    if (at.type.isError) found ??= at.node;
  });
  return found ?? (node.firstChild ? undefined : node);
}

class Judge implements CallContext {
  readonly findings: Finding[] = [];
  readonly #source: string;
  readonly #catalogue: KnownNames;

  constructor(source: string, catalogue: KnownNames) {
    this.#source = source;
    this.#catalogue = catalogue;
  }

  report = (finding: Finding): void => {
    if (!this.findings.some(({ text }) => text === finding.text)) this.findings.push(finding);
  };

  text(node: SyntaxNode): string {
    return this.#source.slice(node.from, node.to).replaceAll(/\s+/g, ' ');
  }

  value(node: SyntaxNode): Value {
    switch (node.name) {
      case 'NumberDurationLiteral':
        return numberValue(exactly(parseNumber(this.text(node))));
      case 'VectorSelector':
        return judgeSelector(readSelector(node, this.#source), {
          catalogue: this.#catalogue,
          aggregation: this.#aggregationAround(node),
          report: this.report,
        });
      case 'UnaryExpr':
        return this.#negated(node);
      case 'BinaryExpr':
        return this.#binary(node);
      case 'AggregateExpr':
      case 'FunctionCall':
        return judgeCall(node, this);
      default: {
        // Parentheses, ranges, offsets and subqueries hand on what stands first in them.
        const inner = node.firstChild;
        return inner ? this.value(inner) : unknownValue();
      }
    }
  }

  /** A moment of another unit beside `time()`, which is in seconds. */
  #mixedUnits(left: Value, right: Value): void {
    const moment = [left, right].find(({ metric }) =>
      /^epoch (milli|nano)/.test(metric?.unit ?? ''),
    );
    const seconds = [left, right].some(({ isNow }) => isNow);
    if (!moment?.metric || !seconds) return;
    const { name, unit } = moment.metric;
    const divisor = unit === 'epoch milliseconds' ? '1000' : '1e9';
    this.report({
      kind: 'unit',
      text: `time() is in seconds and ${name} in ${unit}: write ${name} / ${divisor}`,
    });
  }

  #aggregationAround(node: SyntaxNode): string {
    for (let at = node.parent; at; at = at.parent) {
      const operator = at.getChild('AggregateOp');
      if (operator) return this.text(operator).toLowerCase();
    }
    return '';
  }

  #negated(node: SyntaxNode): Value {
    const inner = node.lastChild ? this.value(node.lastChild) : unknownValue();
    const operator = node.getChild('UnaryOp');
    if (!operator || this.text(operator) === '+') return inner;
    return derived(inner, combine('Sub', exactly(0), inner.range));
  }

  #binary(node: SyntaxNode): Value {
    const [first, last] = [node.firstChild, node.lastChild];
    const operator = first?.nextSibling?.name ?? '';
    if (!first || !last) return unknownValue();
    const left = this.value(first);
    const right = this.value(last);
    if (operator === 'And' || operator === 'Or' || operator === 'Unless') {
      return setOperation(operator, left, right);
    }
    const has = and(left.has, right.has);
    if (!(operator in COMPARISONS)) {
      this.#mixedUnits(left, right);
      return {
        range: combine(operator, left.range, right.range),
        has,
        isNumber: left.isNumber && right.isNumber,
        isFiltered: left.isFiltered || right.isFiltered,
      };
    }
    const holds = judgeComparison(operator, { left, right, text: this.text(node) }, this.report);
    if (node.getChild('BoolModifier')) {
      const range = holds === 'always' ? exactly(1) : holds === 'never' ? exactly(0) : FLAG;
      return { range, has, isNumber: left.isNumber && right.isNumber, isFiltered: false };
    }
    const kept = left.isNumber ? right : left;
    return { range: kept.range, has: and(has, holds), isNumber: false, isFiltered: true };
  }
}

const FLAG: Interval = { low: 0, high: 1 };

function setOperation(operator: 'And' | 'Or' | 'Unless', left: Value, right: Value): Value {
  const range = operator === 'Or' ? hull(left.range, right.range) : left.range;
  const isFiltered = operator === 'Or' ? left.isFiltered && right.isFiltered : true;
  const has =
    operator === 'Or'
      ? or(left.has, right.has)
      : operator === 'And'
        ? and(left.has, right.has)
        : // Labels decide what `unless` takes away.
          right.has === 'never'
          ? left.has
          : and(left.has, 'sometimes');
  return { range, has, isNumber: false, isFiltered };
}

const hull = (a: Interval, b: Interval): Interval => ({
  low: Math.min(a.low, b.low),
  high: Math.max(a.high, b.high),
});

const derived = ({ has, isNumber, isFiltered }: Value, range: Interval): Value => ({
  range,
  has,
  isNumber,
  isFiltered,
});

const numberValue = (range: Interval): Value => ({
  range,
  has: 'always',
  isNumber: true,
  isFiltered: false,
});

const DURATION_SECONDS: Record<string, number> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** `1e3`, `0x1f`, `Inf`, `1_000` and durations, which are seconds. */
function parseNumber(text: string): number {
  const plain = text.replaceAll('_', '');
  if (/^[+-]?inf$/i.test(plain)) return plain.startsWith('-') ? -Infinity : Infinity;
  if (/^(?:\d+(?:ms|[smhdwy]))+$/.test(plain)) {
    let seconds = 0;
    for (const [, digits, unit] of plain.matchAll(/(\d+)(ms|[smhdwy])/g)) {
      seconds += Number(digits) * (DURATION_SECONDS[unit ?? ''] ?? 0);
    }
    return seconds;
  }
  return Number(plain);
}
