import type { SyntaxNode } from '@lezer/common';

export interface Matcher {
  label: string;
  operator: '=' | '!=' | '=~' | '!~';
  value: string;
}

/** `name{label="value"}`; the name is '' where a regular expression or nothing stands for it. */
export interface Selector {
  name: string;
  matchers: Matcher[];
}

/** Reads a `VectorSelector` node of the grammar. */
export function readSelector(node: SyntaxNode, source: string): Selector {
  const text = (at: SyntaxNode | null): string => (at ? source.slice(at.from, at.to) : '');
  const list = node.getChild('LabelMatchers');
  const matchers = [
    ...(list?.getChildren('UnquotedLabelMatcher') ?? []),
    ...(list?.getChildren('QuotedLabelMatcher') ?? []),
  ].map(
    (matcher): Matcher => ({
      label: unquoted(text(matcher.getChild('LabelName') ?? matcher.getChild('QuotedLabelName'))),
      operator: text(matcher.getChild('MatchOp')) as Matcher['operator'],
      value: unquoted(text(matcher.getChild('StringLiteral'))),
    }),
  );
  const quoted = list?.getChild('QuotedLabelName');
  const byLabel = matchers.find(({ label, operator }) => label === '__name__' && operator === '=');
  const name = text(node.getChild('Identifier')) || unquoted(text(quoted ?? null));
  return {
    name: name || byLabel?.value || '',
    matchers: matchers.filter(({ label }) => label !== '__name__'),
  };
}

/** Whether a label with this value passes; an absent label is ''. */
export function passes({ operator, value }: Matcher, given: string): boolean {
  switch (operator) {
    case '=':
      return given === value;
    case '!=':
      return given !== value;
    default: {
      const isMatch = regularExpression(value)?.test(given) ?? true;
      return operator === '=~' ? isMatch : !isMatch;
    }
  }
}

/** Anchored, as Prometheus does; undefined where JavaScript cannot read it. */
function regularExpression(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, 's');
  } catch {
    return undefined;
  }
}

function unquoted(text: string): string {
  const quote = text[0];
  if (quote === '`') return text.slice(1, -1);
  if (quote !== '"' && quote !== "'") return text;
  return text
    .slice(1, -1)
    .replaceAll(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r' };
