import type { Finding } from './finding.ts';
import { ANYTHING, exactly } from './interval.ts';
import type { Metric } from './metric.ts';
import { type Matcher, passes, type Selector } from './selector.ts';
import { unknownValue, type Value } from './value.ts';

/** Of the catalogue, what a judgement asks. */
export interface KnownNames {
  get(name: string): Metric | undefined;
  /** Whether the name would be one of ours: only of those can be said that they do not exist. */
  claims(name: string): boolean;
  whyUnknown(name: string): string;
}

/** Labels that Prometheus and its discovery add, whatever the metric. */
const ADDED =
  /^(job|instance|exported_.*|cluster|environment|env|region|zone|namespace|pod|container|service|node|endpoint|prometheus|app.*|kubernetes_.*|helm_.*|statefulset.*|le)$/;

interface SelectorContext {
  catalogue: KnownNames;
  /** The nearest aggregation around it, in lower case; '' for none. */
  aggregation: string;
  report(finding: Finding): void;
}

/** What a selector gives, as far as the catalogue knows. */
export function judgeSelector(
  selector: Selector,
  { catalogue, aggregation, report }: SelectorContext,
): Value {
  const { name, matchers } = selector;
  const metric = catalogue.get(name);
  if (metric === undefined) {
    if (!catalogue.claims(name)) return { ...unknownValue(), selector };
    report({ kind: 'unknown metric', text: `${name}: ${catalogue.whyUnknown(name)}` });
    return { ...unknownValue(), has: 'never', selector };
  }
  const value: Value = {
    range: metric.range,
    has: metric.isOccasional ? 'sometimes' : 'always',
    isNumber: false,
    isFiltered: false,
    metric,
    selector,
  };
  for (const matcher of matchers) {
    if (hasLabel(metric, matcher.label)) continue;
    if (passes(matcher, '')) continue;
    report({
      kind: 'unknown label',
      text: `${name} has no label ${matcher.label}; it has ${metric.labels.join(', ') || 'none'}`,
    });
    value.has = 'never';
  }
  const text = followers(metric, { matchers, aggregation });
  if (text) report({ kind: 'followers', text });
  return healthOf(value, selector);
}

/** Why values of followers falsify the result; undefined when they do not. */
function followers(
  { name, leaderLabel, kind }: Metric,
  { matchers, aggregation }: { matchers: readonly Matcher[]; aggregation: string },
): string | undefined {
  if (!leaderLabel || kind === 'setting') return undefined;
  const isLeaderOnly = matchers.some(
    (matcher) =>
      matcher.label === leaderLabel && passes(matcher, 'true') && !passes(matcher, 'false'),
  );
  if (isLeaderOnly) return undefined;
  const fix = `add {${leaderLabel}="true"}`;
  if (/^(sum|count)$/.test(aggregation))
    return `${aggregation}(${name}) counts each replica; ${fix}`;
  // The largest is the leader's: followers answer 0, or what they last knew.
  if (aggregation === 'max' || !name.includes('consumer_num_')) return undefined;
  return `${name}: followers answer 0 or an old value beside the leader's; ${fix}`;
}

/** Labels besides the metric's own may come from the scrape configuration. */
export const hasLabel = (metric: Metric, label: string): boolean =>
  metric.labels.includes(label) ||
  ADDED.test(label) ||
  (metric.hasMetaLabels === true && /^(stream|consumer)_meta_/.test(label)) ||
  /^__/.test(label);

/** `status_value` is 1 exactly where its label `value` says ok. */
function healthOf(value: Value, { name, matchers }: Selector): Value {
  if (!name.endsWith('_status_value')) return value;
  const words = matchers.filter(({ label }) => label === 'value');
  if (words.length === 0) return value;
  const possible = ['ok', 'error', 'unavailable', 'unreachable'].filter((word) =>
    words.every((matcher) => passes(matcher, word)),
  );
  if (possible.length === 0) return { ...value, has: 'never', range: ANYTHING };
  // The series of a word is there only while the server says that word.
  if (!possible.includes('ok')) return { ...value, has: 'sometimes', range: exactly(0) };
  return possible.length === 1 ? { ...value, has: 'sometimes', range: exactly(1) } : value;
}
