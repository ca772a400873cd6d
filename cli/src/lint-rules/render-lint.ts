import { type Segment, type Style, segment } from '../terminal-text.ts';
import type { LintedRule } from './lint-rules.ts';

const VERDICT: Record<LintedRule['verdict'], { words: string; style: Style }> = {
  never: { words: 'can never fire', style: 'bad' },
  always: { words: 'always fires', style: 'bad' },
  broken: { words: 'is refused', style: 'bad' },
  doubtful: { words: 'is doubtful', style: 'warning' },
  ok: { words: 'ok', style: 'good' },
};

/** One block a rule that has findings, and a line with the sum. */
export function renderLint(rules: readonly LintedRule[], path: string): Segment[][] {
  const lines: Segment[][] = [];
  for (const { verdict, name, line, findings } of rules) {
    if (findings.length === 0) continue;
    const { words, style } = VERDICT[verdict];
    lines.push([
      segment(`${path}:${line}  `, 'dim'),
      segment(name, 'strong'),
      segment(' '),
      segment(words, style),
    ]);
    for (const { kind, text } of findings) {
      lines.push([segment(`    ${kind}: `, 'dim'), segment(text)]);
    }
  }
  return [...lines, [segment(summary(rules))]];
}

/** `20 rules: 2 can never fire, 3 ok`. */
function summary(rules: readonly LintedRule[]): string {
  const counts = Object.entries(VERDICT).flatMap(([verdict, { words }]) => {
    const count = rules.filter((rule) => rule.verdict === verdict).length;
    return count > 0 ? [`${count} ${words}`] : [];
  });
  return `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}: ${counts.join(', ')}`;
}
