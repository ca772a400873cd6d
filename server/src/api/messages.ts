import { type Fate, parseSpanId, unixNs } from '@hopline/model';
import type { MessageSummary, MessagesQuery, MessagesResponse } from '@hopline/model/api';
import type { MessagePath } from '../insight/message-path.ts';
import {
  type Bounds,
  isByKey,
  type MessageKeys,
  messagesThatTook,
  type PublishCursor,
  publishSpans,
  type SpanHead,
  type StageTook,
} from '../store/store.ts';
import { type ApiContext, askedRange, exactly, MAX_TIME, wholeRange } from './api-context.ts';
import { durationRange } from './duration-range.ts';
import { BadRequest } from './errors.ts';
import { concludePaths, loadMessages } from './message-rows.ts';
import { summaryView } from './message-view.ts';
import { messagesAtPosition } from './messages-at-position.ts';

/** Outcome and stages are concluded, not stored: messages are read in growing batches until enough have them. */
const MAX_BATCH = 1_001;
const MAX_BATCHES = 8;

/** GET /api/v1/messages */
export async function getMessages(
  context: ApiContext,
  query: MessagesQuery,
): Promise<MessagesResponse> {
  const { service, subject, text, outcome, key, stream, sequence, consumer, limit } = query;
  if (consumer !== undefined && stream === undefined) {
    throw new BadRequest(`cannot find messages of consumer ${consumer}: give its stream too`);
  }
  const keys = { key, stream, sequence, attribute: attributeOf(query.attribute) };
  const took = tookOf(query);
  const isIdSearch = text !== undefined && /^[0-9a-f]{32}(-[0-9a-f]{16})?$/i.test(text.trim());
  // Who pastes an id wants that message, whenever it was.
  const isSearch = isIdSearch || isByKey(keys);
  const bounds =
    isSearch && query.from === undefined ? wholeRange(context) : askedRange(context, query);
  const above = outcome === 'in-flight' ? ackFloorOf(context, { stream, consumer }) : undefined;
  const messages: MessageSummary[] = [];
  let after = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  // One more than asked for tells whether there is a next page.
  let batch = limit + 1;
  for (let round = 0; round < MAX_BATCHES; round++) {
    const filter = {
      ...bounds,
      service,
      subject,
      text,
      outcome,
      ...keys,
      above,
      after,
      limit: batch,
    };
    const { paths, last } = await nextBatch(context, filter, took);
    for (const path of paths) {
      if (messages.length === limit) return { messages, next: after ? formatCursor(after) : null };
      after = cursorAt(path.publish);
      if (
        hasOutcome(path, { outcome, stream, consumer }) &&
        (took === undefined || hasTaken(path, took))
      )
        messages.push(summaryView(path));
    }
    if (last === undefined) return { messages, next: null };
    after = last;
    batch = Math.min(batch * 2, MAX_BATCH);
  }
  return { messages, next: after ? formatCursor(after) : null };
}

/** Messages that may be wanted, and the last that was looked at; without it there are no more. */
interface Batch {
  paths: MessagePath[];
  last: PublishCursor | undefined;
}

type PublishFilter = Parameters<typeof publishSpans>[1];
type Filter = Bounds & MessageKeys & PublishFilter;

async function nextBatch(
  context: ApiContext,
  filter: Filter,
  took: StageTook | undefined,
): Promise<Batch> {
  const { database } = context;
  const { sequence, after: before, limit } = filter;
  if (sequence !== undefined) return await atPosition(context, { ...filter, sequence });
  if (took === undefined) {
    const spans = await publishSpans(database, filter);
    return await batchOf(context, spans, spans.at(-1));
  }
  const bounds = await exactly(context, filter);
  const search = { ...bounds, ...took, ...(before ? { before } : {}), limit: MAX_BATCH };
  const among = await messagesThatTook(database, search);
  const oldest = among.at(-1);
  if (oldest === undefined) return { paths: [], last: undefined };
  const spans = await publishSpans(database, { ...filter, from: unixNs(oldest.start), among });
  const last = spans.length === limit ? spans.at(-1) : undefined;
  return await batchOf(context, spans, last ?? (among.length < MAX_BATCH ? undefined : oldest));
}

async function batchOf(
  context: ApiContext,
  spans: readonly SpanHead[],
  last: { start: string; span_id: string } | undefined,
): Promise<Batch> {
  return { paths: await loadMessages(context, spans), last: last && cursorAt(last) };
}

/** A place in a stream means few messages, and all of them are looked up at once. */
async function atPosition(
  context: ApiContext,
  { sequence, stream, ...filter }: Filter & { sequence: string },
): Promise<Batch> {
  const { from, to, service, subject, text, key, attribute } = filter;
  const { publishes, rows } = await messagesAtPosition(context, { stream, sequence, from, to });
  const isAll = [service, subject, text, key, attribute].every((one) => one === undefined);
  const wanted = isAll
    ? publishes.filter((span) => filter.after === undefined || isAfter(span, filter.after))
    : await publishSpans(context.database, { ...filter, among: publishes, limit: MAX_BATCH });
  return { paths: (await concludePaths(context, wanted, rows)).paths, last: undefined };
}

/** Further down the list, which is in descending order of start and id. */
const isAfter = ({ start, span_id }: SpanHead, cursor: PublishCursor): boolean =>
  start === cursor.start ? span_id < cursor.spanId : BigInt(start) < BigInt(cursor.start);

const cursorAt = ({ start, span_id }: { start: string; span_id: string }): PublishCursor => ({
  start,
  spanId: span_id,
});

interface Wanted {
  outcome?: Fate | undefined;
  stream?: string | undefined;
  consumer?: string | undefined;
}

/** Of the message; where a consumer is asked for, of its delivery by that one. */
function hasOutcome(path: MessagePath, { outcome, stream, consumer }: Wanted): boolean {
  if (consumer === undefined) return outcome === undefined || path.outcome === outcome;
  return path.deliveries.some(
    (delivery) =>
      delivery.stream === stream &&
      delivery.consumer === consumer &&
      (outcome === undefined || delivery.fate === outcome),
  );
}

/** Nothing up to it is in flight; undefined when no server reports the consumer, or several accounts have it. */
function ackFloorOf(context: ApiContext, { stream, consumer }: Wanted): PublishFilter['above'] {
  const [found, ...others] = context
    .cluster()
    .consumers.filter((one) => one.stream === stream && one.consumer === consumer);
  return found && others.length === 0
    ? { stream: found.stream, sequence: String(found.ackFloorStreamSeq) }
    : undefined;
}

/** The stage that is asked for; undefined when none is. Throws BadRequest. */
function tookOf({ stage, min, max }: MessagesQuery): StageTook | undefined {
  if (stage === undefined && min === undefined && max === undefined) return undefined;
  return { stage: stage ?? 'total', ...durationRange({ min, max }) };
}

function hasTaken({ total, deliveries }: MessagePath, { stage, minNs, maxNs }: StageTook): boolean {
  const stages = deliveries.flatMap(({ attempts }) => attempts.flatMap((one) => one.stages));
  const durations =
    stage === 'total'
      ? [total]
      : stages.filter(({ name }) => name === stage).map(({ duration }) => duration);
  return durations.some((ns) => ns !== null && ns >= minNs && ns < maxNs);
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
