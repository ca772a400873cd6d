import type { Finding } from './finding.ts';
import { judgeExpression } from './judge-expression.ts';
import type { KnownNames } from './judge-selector.ts';
import type { Rule } from './read-rules.ts';

export interface LintedRule extends Rule {
  /**
   * - `never`     whatever happens, it cannot fire
   * - `always`    it fires as long as there are series
   * - `doubtful`  it can fire, but not for what it says
   * - `ok`        nothing was found; `broken`: Prometheus refuses it
   */
  verdict: 'never' | 'always' | 'doubtful' | 'ok' | 'broken';
  findings: Finding[];
}

/** Judges each rule; names that the file's own rules record are taken as they come. */
export function lintRules(rules: readonly Rule[], catalogue: KnownNames): LintedRule[] {
  const recorded = new Set(rules.filter(({ kind }) => kind === 'record').map(({ name }) => name));
  const known: KnownNames = {
    get: (name) => (recorded.has(name) ? undefined : catalogue.get(name)),
    claims: (name) => !recorded.has(name) && catalogue.claims(name),
    whyUnknown: (name) => catalogue.whyUnknown(name),
  };
  return rules.map((rule) => lintRule(rule, known));
}

function lintRule(rule: Rule, catalogue: KnownNames): LintedRule {
  const { has, isFiltered, findings } = judgeExpression(rule.expression, catalogue);
  if (findings.some(({ kind }) => kind === 'syntax'))
    return { ...rule, verdict: 'broken', findings };
  if (rule.kind === 'record') {
    return { ...rule, verdict: has === 'never' ? 'never' : verdictOf(findings), findings };
  }
  if (has === 'always' && !isFiltered) {
    findings.push({
      kind: 'no comparison',
      text: 'it fires for every series that there is: nothing chooses among them (`bool` does not)',
    });
  }
  if (has !== 'sometimes') return { ...rule, verdict: has, findings };
  return { ...rule, verdict: verdictOf(findings), findings };
}

const verdictOf = (findings: readonly Finding[]): 'ok' | 'doubtful' =>
  findings.length > 0 ? 'doubtful' : 'ok';
