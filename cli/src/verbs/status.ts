import type { StatusResponse } from '@hopline/model/api';
import type { Command } from 'commander';
import { ApiClient } from '../api/api-client.ts';
import { urlOption } from '../api/url-option.ts';
import { stdoutShape } from '../stdout-shape.ts';
import { paint, type Segment, type Style, segment } from '../terminal-text.ts';

interface StatusFlags {
  url: string;
  json?: boolean;
}

const HELP = `
Examples:
  $ hopline status
  $ hopline status --json | jq -e '.nats.state == "connected"'`;

/** `hopline status`: is the server well, and what does it hear? */
export function addStatus(program: Command): void {
  program
    .command('status')
    .summary('say how a running Hopline is')
    .description('Says how a running Hopline is: its connections, its store, what it took in.')
    .option('--json', 'print the answer of the server as JSON')
    .addOption(urlOption())
    .addHelpText('after', HELP)
    .action(status);
}

async function status({ url, json }: StatusFlags): Promise<void> {
  const answer = await new ApiClient(url).get('status');
  if (json) {
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
    return;
  }
  const { useColor } = stdoutShape();
  for (const line of lines(answer)) process.stdout.write(`${paint(line, useColor)}\n`);
}

const STATE_STYLE: Record<string, Style> = {
  connected: 'good',
  ready: 'good',
  up: 'good',
  connecting: 'warning',
  starting: 'warning',
  'not configured': 'dim',
};

const state = (word: string): Segment => segment(word, STATE_STYLE[word] ?? 'bad');

function lines({ version, nats, monitor, store, journal, accepted }: StatusResponse): Segment[][] {
  return [
    row('hopline', segment(version)),
    row('store', state(store.state), store.engine),
    row('nats', state(nats.state), nats.server || nats.servers.join(', '), nats.error),
    ...monitor.map(({ url, up, server, error }) => {
      return row('monitor', state(up ? 'up' : 'down'), url, server, error);
    }),
    row('journal', segment(`${journal.sealedSegments} segments wait for the store`)),
    ...(journal.setAside > 0
      ? [row('refused', segment(`${journal.setAside} requests set aside`, 'warning'))]
      : []),
    row(
      'taken in',
      segment(
        Object.entries(accepted)
          .map(([what, count]) => `${count} ${what}`)
          .join(', '),
      ),
    ),
  ];
}

const row = (label: string, first: Segment, ...rest: string[]): Segment[] => [
  segment(label.padEnd(10), 'dim'),
  first,
  ...rest.filter((text) => text !== '').map((text) => segment(`  ${text}`)),
];
