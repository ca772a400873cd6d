import { type DurationNs, elapsed, unixNs } from '@hopline/model';
import type {
  ConversationMessage,
  ConversationResponse,
  ConversationTrace,
} from '@hopline/model/api';

/** One trace of the story with what it published. */
export interface Chapter {
  trace: ConversationTrace;
  lines: readonly Line[];
  /** The message of another trace that it goes on from; null for a beginning. */
  from: ConversationMessage | null;
  /** How long that message had waited when the trace began; negative where clocks differ. */
  waitedNs: DurationNs | null;
  /** Where the trace lies in the conversation, both from 0 to 1. */
  left: number;
  width: number;
}

export interface Line {
  message: ConversationMessage;
  /** How many messages of the same trace led to it. */
  depth: number;
}

/** Less than this is not seen. */
const MIN_WIDTH = 0.004;

/**
 * A conversation as chapters in order of time. Messages follow the one that caused them, so that a
 * chapter reads from top to bottom; one whose cause is in another chapter, or missing, stands alone.
 */
export function storyOf(conversation: ConversationResponse): Chapter[] {
  const messages = new Map(conversation.messages.map((message) => [message.id, message]));
  const startNs = BigInt(conversation.start);
  const lengthNs = Number(conversation.duration) || 1;
  return conversation.traces.map((trace) => {
    const own = conversation.messages.filter(({ traceId }) => traceId === trace.traceId);
    const from =
      trace.continues.map((id) => messages.get(id)).find((message) => message !== undefined) ??
      null;
    const traceStartNs = BigInt(trace.start);
    const width = Math.min(1, Math.max(MIN_WIDTH, Number(trace.duration) / lengthNs));
    const left = Number(traceStartNs - startNs) / lengthNs;
    return {
      trace,
      lines: inOrderOfCause(own),
      from,
      waitedNs: from && elapsed(unixNs(from.time), unixNs(trace.start)),
      left: Math.min(1 - width, Math.max(0, left)),
      width,
    };
  });
}

function inOrderOfCause(messages: readonly ConversationMessage[]): Line[] {
  const own = new Set(messages.map(({ id }) => id));
  const caused = new Map<string | null, ConversationMessage[]>();
  for (const message of messages) {
    const cause = message.causedBy !== null && own.has(message.causedBy) ? message.causedBy : null;
    caused.set(cause, [...(caused.get(cause) ?? []), message]);
  }
  const lines: Line[] = [];
  const seen = new Set<string>();
  const tell = (first: readonly ConversationMessage[]): void => {
    const open = first.toReversed().map((message): Line => ({ message, depth: 0 }));
    for (let line = open.pop(); line; line = open.pop()) {
      if (seen.has(line.message.id)) continue;
      seen.add(line.message.id);
      lines.push(line);
      const { depth } = line;
      const next = (caused.get(line.message.id) ?? []).toReversed();
      open.push(...next.map((message) => ({ message, depth: depth + 1 })));
    }
  };
  tell(caused.get(null) ?? []);
  // Causes that run in a circle (broken data) are told, too.
  for (const message of messages) if (!seen.has(message.id)) tell([message]);
  return lines;
}
