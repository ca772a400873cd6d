import { type Command, Option } from 'commander';
import { ApiClient } from '../api/api-client.ts';
import { urlOption } from '../api/url-option.ts';
import { parseDuration } from '../duration.ts';
import { CliError } from '../errors.ts';
import { stdoutShape } from '../stdout-shape.ts';
import { paint } from '../terminal-text.ts';
import { fetchPicture } from '../top/fetch-picture.ts';
import { columnKeys, renderTop, SORTS, VIEWS, type View } from '../top/render-top.ts';
import { runTop } from '../top/run-top.ts';

interface TopFlags {
  url: string;
  view: View;
  sort?: string;
  every: number;
  once?: boolean;
  json?: boolean;
}

const HELP = `
Examples:
  $ hopline top
  $ hopline top --view servers --sort memory
  $ hopline top --once | head
  $ hopline top --json | jq '.consumers | length'

Keys: c consumers, s servers; < and > or ← and → choose the column to sort by, r turns the order;
↑ ↓ and the page keys scroll, space holds the picture, q leaves. Without a terminal it prints once.`;

/** `hopline top`: servers and consumers, live. */
export function addTop(program: Command): void {
  program
    .command('top')
    .summary('watch consumers and servers live')
    .description('Watches consumers and servers live in the terminal.')
    .addOption(new Option('--view <view>', 'what to show').choices([...VIEWS]).default('consumers'))
    .option('--sort <column>', 'what to sort by; lag for consumers, in for servers')
    .addOption(
      new Option('--every <duration>', 'how often to ask')
        .argParser(parseDuration)
        .default(parseDuration('2s'), '2s'),
    )
    .option('--once', 'print once and leave')
    .option('--json', 'print the answers of the server as JSON, once')
    .addOption(urlOption())
    .addHelpText('after', HELP)
    .action(top);
}

async function top({ url, view, sort, every, once, json }: TopFlags): Promise<void> {
  if (sort !== undefined && !columnKeys(view).includes(sort)) {
    const known = columnKeys(view).join(', ');
    throw new CliError('SORT_UNKNOWN', `cannot sort ${view} by "${sort}": choose one of ${known}`);
  }
  const client = new ApiClient(url);
  if (json) {
    const { status, servers, consumers, unknown } = await fetchPicture(client);
    process.stdout.write(`${JSON.stringify({ status, servers, consumers, unknown }, null, 2)}\n`);
    return;
  }
  const state = { view, sort: sort ?? SORTS[view], isReversed: false, isHeld: false, offset: 0 };
  if (!once && process.stdout.isTTY && process.stdin.isTTY) {
    await runTop(client, { state, everyMs: every });
    return;
  }
  const { width, useColor } = stdoutShape();
  const shape = { width, height: Number.POSITIVE_INFINITY };
  for (const line of renderTop(await fetchPicture(client), state, shape)) {
    process.stdout.write(`${paint(line, useColor)}\n`);
  }
}
