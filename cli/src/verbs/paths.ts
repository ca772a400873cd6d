import { formatDuration } from '@hopline/model';
import type { PathSummary, UnhandledSummary } from '@hopline/model/api';
import type { Command } from 'commander';
import { ApiClient } from '../api/api-client.ts';
import { urlOption } from '../api/url-option.ts';
import { sinceOption } from '../duration.ts';
import { type Cell, tableLines } from '../latency/table.ts';
import { stdoutShape } from '../stdout-shape.ts';
import { paint, type Segment, truncate } from '../terminal-text.ts';

interface PathsFlags {
  url: string;
  producer?: string;
  subject?: string;
  consumer?: string;
  since: number;
  json?: boolean;
}

const NS_PER_MS = 1_000_000n;

const HELP = `
Examples:
  $ hopline paths --since 1h
  $ hopline paths --consumer payment --json | jq '.paths[].total.p99'`;

/** `hopline paths`: who sends what to whom, and how long it takes. */
export function addPaths(program: Command): void {
  program
    .command('paths')
    .summary('list paths from producer to consumer, with their latency')
    .description('Lists paths: producer, subject, consumer; the busiest first.')
    .option('--producer <service>', 'only messages of this service')
    .option('--subject <pattern>', 'only this subject pattern, as the list shows it')
    .option('--consumer <service>', 'only what this service handled')
    .addOption(sinceOption('15m'))
    .option('--json', 'print the answer of the server as JSON')
    .addOption(urlOption())
    .addHelpText('after', HELP)
    .action(paths);
}

async function paths(flags: PathsFlags): Promise<void> {
  const { url, since, json, producer, subject, consumer } = flags;
  const from = String(BigInt(Date.now() - since) * NS_PER_MS);
  // Nobody's messages are of no consumer.
  const query = {
    ...{ from, producer, subject, consumer },
    unhandled: consumer === undefined ? ('true' as const) : undefined,
  };
  const answer = await new ApiClient(url).get('paths', { query });
  if (json) {
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
    return;
  }
  if (answer.paths.length === 0) {
    process.stderr.write('no path carried a message in that time\n');
  } else print(tableLines(COLUMNS, answer.paths.map(row)));
  if (answer.unhandled.length === 0) return;
  process.stdout.write('\npublished, and nobody was seen to take it\n');
  print(tableLines(UNHANDLED_COLUMNS, answer.unhandled.map(unhandledRow)));
}

function print(lines: readonly Segment[][]): void {
  const { width, useColor } = stdoutShape();
  for (const line of lines) {
    process.stdout.write(`${paint(truncate(line, width), useColor)}\n`);
  }
}

const COLUMNS = [
  { title: 'producer' },
  { title: 'subject' },
  { title: 'consumer' },
  { title: 'messages', align: 'right' },
  { title: 'again', align: 'right' },
  { title: 'errors', align: 'right' },
  { title: 'P50', align: 'right' },
  { title: 'P99', align: 'right' },
  { title: 'most time in' },
] as const;

function row(path: PathSummary): Cell[] {
  const { producer, subject, consumer, deliveries, redeliveries, errors, total, slowest } = path;
  const share = slowest && `${slowest.stage} ${Math.round(slowest.share * 100)} %`;
  return [
    producer,
    { text: subject, style: 'strong' },
    consumer,
    String(deliveries),
    redeliveries === 0 ? '' : { text: String(redeliveries), style: 'warning' },
    errors === 0 ? '' : { text: String(errors), style: 'bad' },
    total ? formatDuration(BigInt(total.p50)) : '?',
    total ? formatDuration(BigInt(total.p99)) : '?',
    { text: share ?? '', style: 'dim' },
  ];
}

/** The figures first: a narrow terminal cuts the names. */
const UNHANDLED_COLUMNS = [
  { title: 'messages', align: 'right' },
  { title: 'expired', align: 'right' },
  { title: 'refused', align: 'right' },
  { title: 'acked unseen', align: 'right' },
  { title: 'producer' },
  { title: 'subject' },
  { title: 'stream' },
] as const;

function unhandledRow(flow: UnhandledSummary): Cell[] {
  const { producer, subject, stream, messages, expired, refused, acked } = flow;
  return [
    { text: String(messages), style: 'warning' },
    expired === 0 ? '' : { text: String(expired), style: 'bad' },
    refused === 0 ? '' : { text: String(refused), style: 'bad' },
    acked === 0 ? '' : { text: String(acked), style: 'dim' },
    producer,
    { text: subject, style: 'strong' },
    stream,
  ];
}
