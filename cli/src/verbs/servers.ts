import { type Command, Option } from 'commander';
import { ApiClient } from '../api/api-client.ts';
import { urlOption } from '../api/url-option.ts';
import { SERVER_COLUMNS } from '../cluster/server-columns.ts';
import { unknownLines } from '../cluster/unknown-lines.ts';
import { listTable, sortList } from '../list-table.ts';
import { listShape } from '../stdout-shape.ts';
import { paint, segment, truncate } from '../terminal-text.ts';

interface ServersFlags {
  url: string;
  sort: string;
  json?: boolean;
}

const HELP = `
Examples:
  $ hopline servers
  $ hopline servers --sort memory
  $ hopline servers --json | jq -e 'all(.servers[]; .state == "up")'

★ marks the leader of JetStream's meta group. Figures of a server that does not answer are not shown.`;

/** `hopline servers`: every NATS server that is known, dead ones too. */
export function addServers(program: Command): void {
  program
    .command('servers')
    .summary('list the NATS servers')
    .description('Lists every NATS server that is known: state, load, JetStream.')
    .addOption(
      new Option('--sort <column>', 'what to sort by')
        .choices(SERVER_COLUMNS.map(({ key }) => key))
        .default('name'),
    )
    .option('--json', 'print the answer of the server as JSON')
    .addOption(urlOption())
    .addHelpText('after', HELP)
    .action(servers);
}

async function servers({ url, sort, json }: ServersFlags): Promise<void> {
  const answer = await new ApiClient(url).get('servers');
  if (json) {
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
    return;
  }
  for (const line of unknownLines(answer.unknown)) process.stderr.write(`${line}\n`);
  if (answer.servers.length === 0 && answer.unknown.length === 0) {
    process.stderr.write('no NATS server is known\n');
  }
  const { width, useColor } = listShape();
  const rows = sortList(SERVER_COLUMNS, answer.servers, { key: sort });
  const print = (line: Parameters<typeof truncate>[0]): void => {
    process.stdout.write(`${paint(truncate(line, width), useColor)}\n`);
  };
  if (rows.length > 0) listTable(SERVER_COLUMNS, rows, { sortedBy: sort, width }).forEach(print);
  for (const { name, state, stateReason } of rows) {
    // Whole, on as many lines as it takes: the end of a reason is the error.
    if (state !== 'up') {
      process.stdout.write(`${paint([segment(`${name}: ${stateReason}`, 'dim')], useColor)}\n`);
    }
  }
}
