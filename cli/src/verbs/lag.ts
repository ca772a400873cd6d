import { VERDICTS, type Verdict } from '@hopline/model/api';
import { type Command, Option } from 'commander';
import { ApiClient } from '../api/api-client.ts';
import { urlOption } from '../api/url-option.ts';
import { CONSUMER_COLUMNS } from '../cluster/consumer-columns.ts';
import { unknownLines } from '../cluster/unknown-lines.ts';
import { listTable, sortList } from '../list-table.ts';
import { listShape } from '../stdout-shape.ts';
import { paint, truncate } from '../terminal-text.ts';

interface LagFlags {
  url: string;
  stream?: string;
  verdict?: Verdict;
  sort: string;
  json?: boolean;
}

const HELP = `
Examples:
  $ hopline lag
  $ hopline lag --stream ORDERS --sort backlog
  $ hopline lag --json | jq -r '.consumers[] | select(.verdict != "ok") | .consumer'

A lag with ~ is interpolated or observed, without it exact; – is unknown, which is not 0.`;

/** `hopline lag`: every consumer with what waits for it, for how long, and the verdict. */
export function addLag(program: Command): void {
  program
    .command('lag')
    .summary('list consumers with their lag in time')
    .description('Lists JetStream consumers: backlog, lag in time, verdict, time to drain.')
    .option('--stream <name>', 'only consumers of this stream')
    .addOption(new Option('--verdict <verdict>', 'only these').choices([...VERDICTS]))
    .addOption(
      new Option('--sort <column>', 'what to sort by')
        .choices(CONSUMER_COLUMNS.map(({ key }) => key))
        .default('lag'),
    )
    .option('--json', 'print the answer of the server as JSON')
    .addOption(urlOption())
    .addHelpText('after', HELP)
    .action(lag);
}

async function lag({ url, stream, verdict, sort, json }: LagFlags): Promise<void> {
  const query = { stream, verdict, limit: 10_000 };
  const answer = await new ApiClient(url).get('consumers', { query });
  if (json) {
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
    return;
  }
  for (const line of unknownLines(answer.unknown)) process.stderr.write(`${line}\n`);
  if (answer.consumers.length === 0) {
    if (answer.time === null) process.stderr.write('no server was asked yet\n');
    else if (answer.unknown.length === 0) process.stderr.write('no such consumer\n');
    return;
  }
  const { width, useColor } = listShape();
  const rows = sortList(CONSUMER_COLUMNS, answer.consumers, { key: sort });
  for (const line of listTable(CONSUMER_COLUMNS, rows, { sortedBy: sort, width })) {
    process.stdout.write(`${paint(truncate(line, width), useColor)}\n`);
  }
}
