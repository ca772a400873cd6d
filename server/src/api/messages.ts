import { parseSpanId } from '@hopline/model';
import type { MessageSummary, MessagesQuery, MessagesResponse } from '@hopline/model/api';
import { isByKey, type PublishCursor, publishSpans } from '../store/store.ts';
import { type ApiContext, askedRange, MAX_TIME, wholeRange } from './api-context.ts';
import { BadRequest } from './errors.ts';
import { loadMessages } from './message-rows.ts';
import { summaryView } from './message-view.ts';

/** An outcome is concluded, not stored: messages are read in growing batches until enough have it. */
const MAX_BATCH = 1_001;
const MAX_BATCHES = 8;

/** GET /api/v1/messages */
export async function getMessages(
  context: ApiContext,
  query: MessagesQuery,
): Promise<MessagesResponse> {
  const { service, subject, text, outcome, key, stream, sequence, limit } = query;
  const keys = { key, stream, sequence, attribute: attributeOf(query.attribute) };
  const isIdSearch = text !== undefined && /^[0-9a-f]{32}(-[0-9a-f]{16})?$/i.test(text.trim());
  // Who pastes an id wants that message, whenever it was.
  const isSearch = isIdSearch || isByKey(keys);
  const bounds =
    isSearch && query.from === undefined ? wholeRange(context) : askedRange(context, query);
  const messages: MessageSummary[] = [];
  let after = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  // One more than asked for tells whether there is a next page.
  let batch = limit + 1;
  for (let round = 0; round < MAX_BATCHES; round++) {
    const filter = { service, subject, text, outcome, ...keys, after };
    const spans = await publishSpans(context.database, { ...bounds, ...filter, limit: batch });
    const paths = await loadMessages(context, spans);
    for (const path of paths) {
      if (messages.length === limit) return { messages, next: after ? formatCursor(after) : null };
      after = { start: path.publish.start, spanId: path.publish.span_id };
      if (outcome === undefined || path.outcome === outcome) messages.push(summaryView(path));
    }
    if (spans.length === 0) return { messages, next: null };
    batch = Math.min(batch * 2, MAX_BATCH);
  }
  return { messages, next: after ? formatCursor(after) : null };
}

/** `name=value`, cut at the first '='. */
function attributeOf(text: string | undefined): { name: string; value: string } | undefined {
  if (text === undefined) return undefined;
  const cut = text.indexOf('=');
  return { name: text.slice(0, cut), value: text.slice(cut + 1) };
}

const formatCursor = ({ start, spanId }: PublishCursor): string => `${start}-${spanId}`;

function parseCursor(cursor: string): PublishCursor {
  const [start = '', span = '', ...rest] = cursor.split('-');
  const spanId = parseSpanId(span);
  const isTime = /^\d{1,19}$/.test(start) && BigInt(start) <= MAX_TIME;
  if (!isTime || !spanId || rest.length > 0) {
    throw new BadRequest(`cannot read cursor: ${JSON.stringify(cursor)} is no "next" of a page`);
  }
  return { start, spanId };
}
