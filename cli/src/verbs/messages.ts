import { FATES, STAGES } from '@hopline/model';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ApiClient } from '../api/api-client.ts';
import { urlOption } from '../api/url-option.ts';
import { parseLength, sinceOption } from '../duration.ts';
import { messageLines } from '../message-lines.ts';
import { listShape } from '../stdout-shape.ts';
import { paint, truncate } from '../terminal-text.ts';

interface MessagesFlags {
  url: string;
  service?: string;
  subject?: string;
  outcome?: string;
  text?: string;
  key?: string;
  stream?: string;
  consumer?: string;
  sequence?: string;
  attribute?: string;
  stage?: string;
  min?: string;
  max?: string;
  since: number;
  limit: number;
  json?: boolean;
}

const NS_PER_MS = 1_000_000n;
const MAX_LIMIT = 1000;

const HELP = `
Examples:
  $ hopline messages --outcome dead-lettered --since 1h
  $ hopline messages --subject 'orders.>' --service payment
  $ hopline messages --stream ORDERS --sequence 4711
  $ hopline messages --stream ORDERS --consumer payment --outcome in-flight
  $ hopline messages --stage queue --min 500ms
  $ hopline messages --text order-4711 --json | jq -r .messages[].traceId`;

/** `hopline messages`: the newest messages, one line each where the terminal is wide enough. */
export function addMessages(program: Command): void {
  program
    .command('messages')
    .summary('list messages, newest first')
    .description('Lists messages, newest first.')
    .option('--service <name>', 'producer or consumer')
    .option('--subject <subject>', 'a subject, or a pattern with * and >')
    .addOption(new Option('--fate, --outcome <fate>', 'what became of it').choices([...FATES]))
    .option('--text <words>', 'in the subject, the message id, a log line')
    .option('--key <id>', 'its Nats-Msg-Id or envelope id, exact')
    .option('--stream <stream>', 'the stream that stored it')
    .option(
      '--consumer <consumer>',
      'of that stream: who has it; --outcome is then of this delivery',
    )
    .option('--sequence <number>', 'its sequence in the stream', parseSequence)
    .option(
      '--attribute <name=value>',
      'an attribute of its publish or of a handler, exact',
      parseAttribute,
    )
    .addOption(
      new Option('--stage <stage>', 'only where this stage is known; see --min and --max').choices([
        ...STAGES,
        'total',
      ]),
    )
    .option('--min <duration>', 'the stage, or the total, took at least so long', parseLength)
    .option('--max <duration>', 'the stage, or the total, took less', parseLength)
    .addOption(sinceOption('15m'))
    .option('--limit <count>', `at most so many, up to ${MAX_LIMIT}`, parseLimit, 20)
    .option('--json', 'print the answer of the server as JSON')
    .addOption(urlOption())
    .addHelpText('after', HELP)
    .action(messages);
}

async function messages(flags: MessagesFlags, command: Command): Promise<void> {
  const { url, since, json, ...query } = flags;
  // Who names one message wants it, whenever it was.
  const isOne = flags.key ?? flags.sequence ?? flags.attribute;
  const isUnasked = command.getOptionValueSource('since') === 'default';
  const from =
    isOne !== undefined && isUnasked ? undefined : String(BigInt(Date.now() - since) * NS_PER_MS);
  const answer = await new ApiClient(url).get('messages', { query: { from, ...query } });
  if (json) {
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
    return;
  }
  if (answer.messages.length === 0) process.stderr.write('no such message\n');
  const { width, useColor } = listShape();
  for (const line of answer.messages.flatMap((message) => messageLines(message, width))) {
    process.stdout.write(`${paint(truncate(line, width), useColor)}\n`);
  }
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`A whole number from 1 to ${MAX_LIMIT}.`);
}

function parseSequence(text: string): string {
  if (/^\d{1,19}$/.test(text)) return text;
  throw new InvalidArgumentError('A sequence is digits alone.');
}

function parseAttribute(text: string): string {
  if (/^[^=]+=./.test(text)) return text;
  throw new InvalidArgumentError('Write name=value, as in order.id=4711.');
}
