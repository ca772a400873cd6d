import type { SyntaxNode } from '@lezer/common';
import type { Finding } from './finding.ts';
import { ANYTHING, COUNT, exactly, type Interval } from './interval.ts';
import { hasLabel } from './judge-selector.ts';
import { unknownValue, type Value } from './value.ts';

/** What a call needs of the walk through the expression. */
export interface CallContext {
  value(node: SyntaxNode): Value;
  text(node: SyntaxNode): string;
  report(finding: Finding): void;
}

const RATES = new Set(['rate', 'irate', 'increase']);
/** Functions whose result lies where their argument lies. */
const KEEPING = new Set([
  ...['max_over_time', 'min_over_time', 'avg_over_time', 'last_over_time', 'quantile_over_time'],
  ...['sort', 'sort_desc', 'sort_by_label', 'sort_by_label_desc', 'label_replace', 'label_join'],
  ...['first_over_time'],
]);
const KEEPING_AGGREGATIONS = new Set([
  ...['min', 'max', 'avg', 'topk', 'bottomk', 'quantile', 'limitk', 'limit_ratio'],
]);
/** Epoch seconds from 2001 to 2286. */
const NOW: Interval = { low: 1e9, high: 1e10 };

/** The value of a function call or an aggregation. */
export function judgeCall(node: SyntaxNode, context: CallContext): Value {
  const nameNode = node.getChild('FunctionIdentifier') ?? node.getChild('AggregateOp');
  const name = nameNode ? context.text(nameNode).toLowerCase() : '';
  const values = children(node.getChild('FunctionCallBody')).map((one) => context.value(one));
  const vectors = values.filter(({ isNumber }) => !isNumber);
  if (node.name === 'AggregateExpr')
    return aggregation(name, { node, of: vectors.at(-1), context });
  if (name === 'time') {
    return { range: NOW, has: 'always', isNumber: true, isFiltered: false, isNow: true };
  }
  const inner = vectors[0] ?? values[0];
  if (inner === undefined) return { ...unknownValue(), has: 'always' };
  if (RATES.has(name)) return rate(name, inner, context);
  if (name === 'absent' || name === 'absent_over_time') return absent(name, inner, context);
  if (name === 'vector' || name === 'scalar') return { ...inner, isNumber: name === 'scalar' };
  if (KEEPING.has(name)) return inner;
  const { has, isFiltered } = inner;
  return { range: rangeOf(name, inner), has, isFiltered, isNumber: false };
}

function rangeOf(name: string, { range }: Value): Interval {
  switch (name) {
    case 'abs':
    case 'count_over_time':
    case 'changes':
    case 'resets':
    case 'stddev_over_time':
    case 'histogram_count':
      return COUNT;
    case 'present_over_time':
      return exactly(1);
    case 'timestamp':
      return NOW;
    case 'sum_over_time':
      return range.low >= 0 ? COUNT : ANYTHING;
    case 'ceil':
    case 'floor':
    case 'round':
      return { low: Math.floor(range.low), high: Math.ceil(range.high) };
    default:
      return ANYTHING;
  }
}

/** A rate of a known total is never negative; of anything else it says nothing. */
function rate(name: string, inner: Value, { report }: CallContext): Value {
  const { metric, has, isFiltered } = inner;
  const value: Value = { range: COUNT, has, isFiltered, isNumber: false };
  if (metric === undefined) return value;
  const { kind, trap } = metric;
  if (kind === 'setting' || kind === 'text' || (kind === 'time' && metric.unit !== '')) {
    report({
      kind: 'rate of a gauge',
      text: `${name}(${metric.name}) is 0 but for a restart: the metric is ${KIND_WORDS[kind]}`,
    });
    return value;
  }
  if (kind === 'level') {
    report({
      kind: 'rate of a gauge',
      text: `${name}(${metric.name}): the metric goes up and down, and each fall counts as a restart; use delta() or deriv()`,
    });
  }
  if (trap === 'falls') {
    report({
      kind: 'rate of a gauge',
      text: `${name}(${metric.name}): it falls when a connection closes, which counts as a restart; use the same name of varz`,
    });
  }
  return value;
}

const KIND_WORDS: Record<string, string> = {
  setting: 'a setting',
  text: 'always 1',
  time: 'a moment that does not move',
};

function absent(name: string, { has, metric, selector }: Value, { report }: CallContext): Value {
  const value: Value = { range: exactly(1), has: 'sometimes', isNumber: false, isFiltered: true };
  if (has === 'never') {
    report({
      kind: 'always holds',
      text: `${name}(${selector?.name ?? ''}) always holds: there is no such series`,
    });
    return { ...value, has: 'always' };
  }
  if (metric?.mode === 'exporter') {
    report({
      kind: 'dead server',
      text:
        `${name}(${metric.name}): prometheus-nats-exporter repeats the figures of a dead server, and with several ` +
        'servers one is never missed; with Hopline use hopline_exporter_server_up == 0',
    });
  }
  return value;
}

function aggregation(
  name: string,
  { node, of, context }: { node: SyntaxNode; of: Value | undefined; context: CallContext },
): Value {
  const inner = of ?? unknownValue();
  groupingLabels(node, inner, context);
  replicas(name, inner, context);
  if (KEEPING_AGGREGATIONS.has(name)) return inner;
  const { has, isFiltered, metric } = inner;
  if (name === 'sum') {
    const range = inner.range.low >= 0 ? { ...COUNT, low: inner.range.low } : ANYTHING;
    const isStill = metric?.kind === 'total' || metric?.kind === 'setting';
    return { range, has, isFiltered, isNumber: false, ...(isStill ? { metric } : {}) };
  }
  const range =
    name === 'count' ? { low: 1, high: COUNT.high } : name === 'group' ? exactly(1) : ANYTHING;
  return { range, has, isFiltered, isNumber: false };
}

function groupingLabels(node: SyntaxNode, { metric }: Value, context: CallContext): void {
  const modifier = node.getChild('AggregateModifier');
  if (!metric || !modifier?.getChild('By')) return;
  for (const label of modifier.getChild('GroupingLabels')?.getChildren('LabelName') ?? []) {
    const name = context.text(label);
    if (hasLabel(metric, name)) continue;
    context.report({
      kind: 'unknown label',
      text: `by (${name}) puts all series of ${metric.name} together: it has no such label`,
    });
  }
}

function replicas(name: string, { metric, selector }: Value, { report }: CallContext): void {
  if (!metric || !selector) return;
  if (metric.trap === 'counted twice' && name === 'sum') {
    if (selector.matchers.some(({ label }) => label === 'cid')) return;
    report({
      kind: 'counted twice',
      text: `sum(${metric.name}) counts twice where -connz_detailed is on: a total and one series a connection; add cid=""`,
    });
  }
  if (metric.trap === 'replicas counted' && name === 'sum') {
    report({
      kind: 'followers',
      text: `sum(${metric.name}) counts a stream with three replicas three times: each server counts its own`,
    });
  }
}

function children(node: SyntaxNode | null): SyntaxNode[] {
  const all: SyntaxNode[] = [];
  for (let at = node?.firstChild ?? null; at; at = at.nextSibling) all.push(at);
  return all;
}
