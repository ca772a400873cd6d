import { formatDuration, formatRfc3339, unixNs } from '@hopline/model';
import type {
  ConversationMessage,
  ConversationResponse,
  ConversationTrace,
} from '@hopline/model/api';
import { paint, type Segment, segment } from '../terminal-text.ts';
import { fateWord } from './stage-words.ts';
import { type Branch, type LayoutOptions, layOutTree, type TreeLine } from './tree-layout.ts';

export interface ConversationOptions extends LayoutOptions {
  /** The message that was asked for, to be pointed at. */
  selected: string | null;
}

/** Linked traces as one story: the traces in order of time, then who caused whose message. */
export function renderConversation(
  conversation: ConversationResponse,
  options: ConversationOptions,
): string {
  const { traces, messages, spans, start, duration } = conversation;
  const time = formatRfc3339(unixNs(start)).slice(0, 23).replace('T', ' ');
  const facts = [
    `${time} UTC`,
    formatDuration(BigInt(duration)),
    ...[`${traces.length} traces`, `${messages.length} messages`, `${spans.length} spans`],
  ];
  const heading = [
    [segment('conversation of trace ', 'dim'), segment(conversation.traceId, 'strong')],
    [segment(facts.join(' · '), 'dim')],
  ];
  const footing = conversation.truncated
    ? [[], [segment('there is more than the server answers with', 'dim')]]
    : [];
  const lines = [
    ...heading.map((line) => paint(line, options.useColor)),
    '',
    ...layOutTree(
      traces.map((trace) => ({ lines: [traceLine(trace, conversation)], children: [] })),
      options,
    ),
    '',
    ...layOutTree(messageBranches(messages, options), options),
    ...footing.map((line) => paint(line, options.useColor)),
  ];
  return `${lines.join('\n')}\n`;
}

function traceLine(trace: ConversationTrace, { start }: ConversationResponse): TreeLine {
  const after = BigInt(trace.start) - BigInt(start);
  return {
    text: [
      segment(trace.traceId, 'accent'),
      segment(`  ${trace.name}`),
      segment(`  ${trace.services.join(', ')}`, 'dim'),
    ],
    figure: segment(formatDuration(BigInt(trace.duration))),
    verdict:
      trace.errors > 0
        ? segment(`${trace.errors} error${trace.errors === 1 ? '' : 's'}`, 'bad')
        : segment(`+${formatDuration(after)}`, 'dim'),
  };
}

/** Each message below the one whose handling published it. */
function messageBranches(
  messages: readonly ConversationMessage[],
  options: ConversationOptions,
): Branch[] {
  const known = new Map(messages.map((message) => [message.id, message]));
  const drawn = new Set<string>();
  const branch = (message: ConversationMessage): Branch => {
    drawn.add(message.id);
    const cause = message.causedBy === null ? undefined : known.get(message.causedBy);
    return {
      lines: [messageLine(message, { cause, selected: options.selected })],
      // Causes in a circle, which only broken input has, end where they began.
      children: messages
        .filter(({ id, causedBy }) => causedBy === message.id && !drawn.has(id))
        .map(branch),
    };
  };
  const roots = messages.filter(({ causedBy }) => causedBy === null || !known.has(causedBy));
  return (roots.length > 0 ? roots : messages.slice(0, 1)).map(branch);
}

function messageLine(
  message: ConversationMessage,
  { cause, selected }: { cause: ConversationMessage | undefined; selected: string | null },
): TreeLine {
  const consumers = message.consumers.map(({ service, consumer }) => service || consumer || '?');
  const isOtherTrace = cause !== undefined && cause.traceId !== message.traceId;
  const text: Segment[] = [
    segment('● ', 'accent'),
    segment(message.subject, 'strong'),
    segment(`  ${message.producer} → ${consumers.length > 0 ? consumers.join(', ') : 'nobody'}`),
    segment(isOtherTrace ? `  in trace ${message.traceId.slice(0, 8)}…` : '', 'dim'),
    segment(message.id === selected ? '  ◀ asked for' : '', 'accent'),
  ];
  const total = message.total === null ? '?' : formatDuration(BigInt(message.total));
  return { text, figure: segment(total), verdict: fateWord(message.outcome) };
}
