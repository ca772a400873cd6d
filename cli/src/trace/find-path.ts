import { parseMessageId, parseTraceId } from '@hopline/model';
import type {
  ConversationResponse,
  MessageResponse,
  MessageSummary,
  TraceResponse,
} from '@hopline/model/api';
import type { ApiClient } from '../api/api-client.ts';
import { CliError, RequestRefused } from '../errors.ts';

/** Messages of one trace that are fetched in full; a trace with more is cut here and says so. */
const MAX_MESSAGES = 200;
const FETCHED_AT_ONCE = 6;
const SEARCH_LIMIT = 50;
const NS_PER_MS = 1_000_000n;

export interface FoundPath {
  trace: TraceResponse;
  messages: MessageResponse[];
  /** The message that was asked for; null when a trace was. */
  selected: string | null;
}

export interface SearchOptions {
  /** How far back a search by text looks. */
  sinceMs: number;
}

/**
 * The path behind a trace id, a message id, or any text that leads to one: a `Nats-Msg-Id`, an order
 * number in a log line. Throws CliError when there is none, or more than one.
 */
export async function findPath(
  client: ApiClient,
  wanted: string,
  options: SearchOptions,
): Promise<FoundPath> {
  const { traceId, selected } = await findTrace(client, wanted, options);
  return fetchPath(client, traceId, selected);
}

/** The traces that links join to the one behind `wanted`. Throws CliError as `findPath` does. */
export async function findConversation(
  client: ApiClient,
  wanted: string,
  options: SearchOptions,
): Promise<{ conversation: ConversationResponse; selected: string | null }> {
  const { traceId, selected } = await findTrace(client, wanted, options);
  const conversation = await client
    .get('conversation', { params: { traceId } })
    .catch((error: unknown) => {
      throw isUnknown(error) ? notFound(`trace ${traceId}`) : error;
    });
  return { conversation, selected };
}

/** Which trace is meant, and which message of it, if one is. */
async function findTrace(
  client: ApiClient,
  wanted: string,
  options: SearchOptions,
): Promise<{ traceId: string; selected: string | null }> {
  const traceId = parseTraceId(wanted);
  if (traceId !== null) return { traceId, selected: null };
  const message = parseMessageId(wanted);
  if (message !== null) {
    return { traceId: message.traceId, selected: `${message.traceId}-${message.spanId}` };
  }
  const found = await search(client, wanted, options);
  return { traceId: found.traceId, selected: found.messageKey === wanted ? found.id : null };
}

const isUnknown = (error: unknown): boolean =>
  error instanceof RequestRefused && error.status === 404;

async function fetchPath(
  client: ApiClient,
  traceId: string,
  selected: string | null,
): Promise<FoundPath> {
  const trace = await client.get('trace', { params: { traceId } }).catch((error: unknown) => {
    throw isUnknown(error)
      ? notFound(selected === null ? `trace ${traceId}` : `message ${selected}`)
      : error;
  });
  if (selected !== null && !trace.messageIds.includes(selected)) {
    throw notFound(`message ${selected}`);
  }
  const ids = trace.messageIds.slice(0, MAX_MESSAGES);
  const messages: MessageResponse[] = [];
  for (let from = 0; from < ids.length; from += FETCHED_AT_ONCE) {
    const some = ids.slice(from, from + FETCHED_AT_ONCE);
    messages.push(
      ...(await Promise.all(
        some.map((messageId) => client.get('message', { params: { messageId } })),
      )),
    );
  }
  return { trace, messages, selected };
}

async function search(
  client: ApiClient,
  text: string,
  { sinceMs }: SearchOptions,
): Promise<MessageSummary> {
  const from = String(BigInt(Date.now() - sinceMs) * NS_PER_MS);
  const { messages } = await client.get('messages', {
    query: { text, from, limit: SEARCH_LIMIT },
  });
  const exact = messages.find((message) => message.messageKey === text);
  if (exact) return exact;
  const [first] = messages;
  if (!first) throw notFound(`message with "${text}"`);
  const traceIds = [...new Set(messages.map((message) => message.traceId))];
  if (traceIds.length === 1) return first;
  const some = traceIds.slice(0, 3).join(', ');
  throw new CliError(
    'AMBIGUOUS',
    `cannot trace "${text}": it is in ${traceIds.length} traces or more; name one of them: ${some}`,
  );
}

const notFound = (thing: string): CliError =>
  new CliError(
    'NOT_FOUND',
    `cannot find ${thing}: nothing stored under it; a new one needs up to two seconds to show`,
  );
