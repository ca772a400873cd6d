import type { MetricBlock, MetricSpec } from './compat/metric-block.ts';

export type ExpositionFormat = 'text' | 'openmetrics';

export const CONTENT_TYPE: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** What OpenMetrics wants at the very end. */
export const OPENMETRICS_END = '# EOF\n';

/**
 * The blocks as Prometheus reads them, line by line. All samples of a name stand together whichever
 * block they come from; the first spec of a name says its type. The end of OpenMetrics is not added.
 */
export function* exposition(
  blocks: readonly MetricBlock[],
  format: ExpositionFormat,
): Generator<string> {
  for (const { spec, columns } of families(blocks)) {
    const head = header(spec, format);
    if (head !== '') yield head;
    for (const { block, index } of columns) {
      for (const { labels, values } of block.rows) {
        const value = values[index] as number;
        // NaN is what no server said.
        if (Number.isNaN(value)) continue;
        // Labels were put together of many texts: to read of them joins them, once for all samples.
        if (labels.charCodeAt(0) > 0) yield `${spec.name}{${labels}} ${value}\n`;
        else yield `${spec.name} ${value}\n`;
      }
    }
  }
}

interface Family {
  spec: MetricSpec;
  columns: { block: MetricBlock; index: number }[];
}

function families(blocks: readonly MetricBlock[]): Iterable<Family> {
  const byName = new Map<string, Family>();
  for (const block of blocks) {
    if (block.rows.length === 0) continue;
    for (const [index, spec] of block.metrics.entries()) {
      if (!block.rows.some(({ values }) => !Number.isNaN(values[index]))) continue;
      const family = byName.get(spec.name);
      if (family) family.columns.push({ block, index });
      else byName.set(spec.name, { spec, columns: [{ block, index }] });
    }
  }
  return byName.values();
}

function header({ name, type, help }: MetricSpec, format: ExpositionFormat): string {
  if (type === 'histogram' || type === 'summary') {
    const first = type === 'histogram' ? '_bucket' : '_sum';
    if (!name.endsWith(first)) return '';
    const family = name.slice(0, -first.length);
    return `# HELP ${family} ${escapeHelp(help)}\n# TYPE ${family} ${type}\n`;
  }
  if (format === 'text') return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
  // A counter of OpenMetrics ends in _total; a name that does not is kept, its type is not claimed.
  const isCounter = type === 'counter' && name.endsWith('_total');
  const family = isCounter ? name.replace(/_total$/, '') : name;
  const kind = isCounter ? 'counter' : type === 'gauge' ? 'gauge' : 'unknown';
  return `# HELP ${family} ${escapeHelp(help).replaceAll('"', '\\"')}\n# TYPE ${family} ${kind}\n`;
}

const escapeHelp = (help: string): string => help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
