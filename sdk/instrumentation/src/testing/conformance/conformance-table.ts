/** What a row of the document needs of a row of the test. */
interface TableRow {
  surface: string;
  clients?: string[];
  spans: string[] | Record<string, string[]>;
  body?: string[];
  attributes?: string[];
  attributesOf?: string;
}

/** What the test found of one row. */
export interface RowResult {
  /** The ways in which the row was right. */
  ways: Set<string>;
  /** Counted measurements by metric, the same in all of them. */
  metrics: Record<string, number>;
}

const WAYS = ['modern mjs', 'modern cjs', 'legacy mjs', 'legacy cjs'];

const HEAD = `# What the instrumentation shows of each NATS call

Written by \`src/conformance.int.test.ts\` of \`sdk/instrumentation\`, which runs every row against a real
nats-server in applications of its own: with the \`@nats-io\` 3.x clients and with \`nats\` 2.29, each as an ES
module and in CommonJS. A row passes when exactly these spans are seen and no other, with these names, kinds,
parents and links; when each had its required attributes already at its start, where a sampler can see them;
when the handler or loop body had the named span active, before and after an await; and when durations and
messages are counted as many times as the last column says.

Every span has, at its start, \`messaging.system\`, \`messaging.operation.name\`, \`messaging.operation.type\`,
\`messaging.destination.name\` or \`.template\`, \`server.address\` and \`server.port\`; and \`error.type\` where it says
\`!\`, nowhere else. One column names what is required beyond that.

A span is written as \`name kind < parent ~ links ! error.type\`. \`outside\` is the span of a publish that came
before the row.

| call | 3.x ESM | 3.x CJS | 2.29 ESM | 2.29 CJS | spans | attributes besides | active in the body, then after it | metrics |
| ---- | ------- | ------- | -------- | -------- | ----- | ------------------ | --------------------------------- | ------- |
`;

/** The document, with what was found of each row. */
export function conformanceTable(
  rows: readonly TableRow[],
  results: ReadonlyMap<string, RowResult>,
): string {
  return HEAD + rows.map((row) => `${line(row, results.get(row.surface))}\n`).join('');
}

function line(row: TableRow, result: RowResult | undefined): string {
  const marks = WAYS.map((way) => {
    if (row.clients && !row.clients.includes(way.split(' ')[0] ?? '')) return 'no such call';
    return result?.ways.has(way) ? 'yes' : '**no**';
  });
  const variants = Array.isArray(row.spans) ? [row.spans] : Object.values(row.spans);
  const spans = variants.map((each) => each.map(code).join('<br>')).join('<br>or ');
  const cells = [
    code(row.surface),
    ...marks,
    spans,
    attributes(row),
    (row.body ?? []).map(code).join(', '),
    metrics(result?.metrics ?? {}),
  ];
  return `| ${cells.join(' | ')} |`;
}

function attributes({ attributes = [], attributesOf }: TableRow): string {
  if (attributes.length === 0) return '';
  return `${attributesOf ? `${code(attributesOf)}: ` : ''}${attributes.map(code).join('<br>')}`;
}

/** Names without what they have in common. */
function metrics(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${code(name.replace(/^messaging\./, ''))} ${count}`)
    .join('<br>');
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
