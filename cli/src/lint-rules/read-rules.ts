import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { CliError } from '../errors.ts';

export interface Rule {
  group: string;
  kind: 'alert' | 'record';
  name: string;
  expression: string;
  /** Of the expression, from 1. */
  line: number;
}

/** Also rules inside a Kubernetes PrometheusRule: under `spec`, and several documents are split first. */
export function readRules(text: string, path: string): Rule[] {
  const rules: Rule[] = [];
  let skipped = 0;
  for (const part of text.split(/^---[^\S\n]*(?:#.*)?$/m)) {
    rules.push(...readDocument(part, { path, skipped }));
    skipped += part.split('\n').length - 1;
  }
  if (rules.length === 0) {
    throw new CliError(
      'NO_RULES',
      `cannot find rules in ${path}: expected "groups:" with "rules:" that have "expr:"`,
    );
  }
  return rules;
}

function readDocument(text: string, { path, skipped }: { path: string; skipped: number }): Rule[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) {
    throw new CliError('NOT_YAML', `cannot read ${path}: ${error.message.split('\n')[0]}`);
  }
  const groups = document.getIn(['groups']) ?? document.getIn(['spec', 'groups']);
  const lineOf = (node: Node | undefined): number =>
    skipped + lines.linePos(node?.range?.[0] ?? 0).line;
  return items(groups).flatMap((group) =>
    items(group.get('rules')).flatMap((rule) => {
      const expression = rule.get('expr', true);
      if (!isScalar(expression)) return [];
      const kind = rule.has('record') ? 'record' : 'alert';
      return [
        {
          group: String(group.get('name') ?? ''),
          kind,
          name: String(rule.get(kind) ?? ''),
          expression: String(expression.value).trim(),
          line: lineOf(expression),
        },
      ];
    }),
  );
}

const items = (node: unknown) => (isSeq(node) ? node.items.filter((item) => isMap(item)) : []);
