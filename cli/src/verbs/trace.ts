import type { Command } from 'commander';
import { ApiClient } from '../api/api-client.ts';
import { urlOption } from '../api/url-option.ts';
import { sinceOption } from '../duration.ts';
import { stdoutShape } from '../stdout-shape.ts';
import { findConversation, findPath } from '../trace/find-path.ts';
import { renderConversation } from '../trace/render-conversation.ts';
import { renderTrace } from '../trace/render-trace.ts';
import { stillArriving } from '../trace/still-arriving.ts';

interface TraceFlags {
  url: string;
  logs?: boolean;
  conversation?: boolean;
  json?: boolean;
  since: number;
}

const HELP = `
Examples:
  $ hopline trace 4bf92f3577b34da6a3ce929d0e0e4736
      the path of everything that one request caused
  $ hopline trace 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7
      the same, pointing at one message
  $ hopline trace order-4711 --logs
      by Nats-Msg-Id, or by words in a log line; with the logs
  $ hopline trace 4bf92f3577b34da6a3ce929d0e0e4736 --conversation
      with the traces that only links join to it: what led to it, and all that came of it
  $ hopline trace 4bf92f3577b34da6a3ce929d0e0e4736 --json | jq .messages[].outcome`;

/** `hopline trace`: where one message went. */
export function addTrace(program: Command): void {
  program
    .command('trace')
    .summary('draw the path of a message')
    .description('Draws the path of a message: publisher, servers, stream, consumers, replies.')
    .argument('<id>', 'trace id, message id, Nats-Msg-Id, or words of a log line')
    .option('--logs', 'show what the services logged at each step')
    .option('--conversation', 'stitch the traces that links join to this one, both ways')
    .option('--json', 'print what the server knows as JSON: {trace, messages}, or the conversation')
    .addOption(sinceOption('1h'))
    .addOption(urlOption())
    .addHelpText('after', HELP)
    .action((id: string, flags: TraceFlags) => trace(id, flags));
}

async function trace(id: string, flags: TraceFlags): Promise<void> {
  const client = new ApiClient(flags.url);
  if (flags.conversation) return conversation(client, id.trim(), flags);
  const askedMs = Date.now();
  const found = await findPath(client, id.trim(), { sinceMs: flags.since });
  if (flags.json) {
    const { trace, messages } = found;
    process.stdout.write(`${JSON.stringify({ trace, messages }, null, 2)}\n`);
    return;
  }
  const text = renderTrace(found.trace, found.messages, {
    ...stdoutShape(),
    showLogs: flags.logs === true,
    selected: found.selected,
  });
  process.stdout.write(text);
  const hint = stillArriving(found.trace.spans, askedMs);
  if (hint !== '') process.stderr.write(`hopline: ${hint}\n`);
}

async function conversation(client: ApiClient, id: string, flags: TraceFlags): Promise<void> {
  const found = await findConversation(client, id, { sinceMs: flags.since });
  const text = flags.json
    ? `${JSON.stringify(found.conversation, null, 2)}\n`
    : renderConversation(found.conversation, { ...stdoutShape(), selected: found.selected });
  process.stdout.write(text);
}
