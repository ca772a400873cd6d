/** What a row of the document needs of a row of the test. */
interface TableRow {
  surface: string;
  clients?: string[];
  spans: string[] | Record<string, string[]>;
  body?: string[];
}

const WAYS = ['modern mjs', 'modern cjs', 'legacy mjs', 'legacy cjs'];

const HEAD = `# What the instrumentation shows of each NATS call

Written by \`src/conformance.int.test.ts\` of \`sdk/instrumentation\`, which runs every row against a real
nats-server in applications of its own: with the \`@nats-io\` 3.x clients and with \`nats\` 2.29, each as an ES
module and in CommonJS. A row passes when exactly these spans are seen and no other, with these names, kinds,
parents and links; when each had its required attributes already at its start, where a sampler can see them;
when the handler or loop body had the named span active, before and after an await; and when durations and
messages are counted once each.

A span is written as \`name kind < parent ~ links ! error.type\`. \`outside\` is the span of a publish that came
before the row.

| call | 3.x ESM | 3.x CJS | 2.29 ESM | 2.29 CJS | spans | active in the body, then after it |
| ---- | ------- | ------- | -------- | -------- | ----- | --------------------------------- |
`;

/** The document; \`passed\` holds the ways in which each row was right. */
export function conformanceTable(
  rows: readonly TableRow[],
  passed: ReadonlyMap<string, ReadonlySet<string>>,
): string {
  return HEAD + rows.map((row) => `${line(row, passed.get(row.surface))}\n`).join('');
}

function line(row: TableRow, ways: ReadonlySet<string> | undefined): string {
  const marks = WAYS.map((way) => {
    if (row.clients && !row.clients.includes(way.split(' ')[0] ?? '')) return 'no such call';
    return ways?.has(way) ? 'yes' : '**no**';
  });
  const variants = Array.isArray(row.spans) ? [row.spans] : Object.values(row.spans);
  const spans = variants.map((each) => each.map(code).join('<br>')).join('<br>or ');
  return `| ${[code(row.surface), ...marks, spans, (row.body ?? []).map(code).join(', ')].join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
