import type { Command } from 'commander';
import { ApiClient } from '../api/api-client.ts';
import { urlOption } from '../api/url-option.ts';
import { sinceOption } from '../duration.ts';
import { pathLines, unhandledLines } from '../paths/path-lines.ts';
import { listShape } from '../stdout-shape.ts';
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
  const { width, useColor } = listShape();
  const print = (lines: readonly Segment[][]): void => {
    for (const line of lines) {
      process.stdout.write(`${paint(truncate(line, width), useColor)}\n`);
    }
  };
  if (answer.paths.length === 0) {
    process.stderr.write('no path carried a message in that time\n');
  } else print(pathLines(answer.paths, width));
  if (answer.unhandled.length === 0) return;
  process.stdout.write('\npublished, and nobody was seen to take it\n');
  print(unhandledLines(answer.unhandled, width));
}
