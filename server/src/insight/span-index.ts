import { type MessageId, messageId, type SpanId, type TraceId } from '@hopline/model';
import type { SpanHead } from '../store/store.ts';

/** Spans found by what refers to them. Order and duplicates of the input make no difference. */
export interface SpanIndex {
  spans: readonly SpanHead[];
  get(id: MessageId): SpanHead | undefined;
  /** The span that `span` names as its parent, when it is at hand. */
  parentOf(span: SpanHead): SpanHead | undefined;
  /** Process and receive spans that refer to the message, by parent or by link. */
  handlersOf(message: SpanHead): SpanHead[];
  /** How the handler settled the message; undefined when no settle span is at hand. */
  settlementOf(handler: SpanHead): SpanHead | undefined;
}

export const spanKey = (span: Pick<SpanHead, 'trace_id' | 'span_id'>): MessageId =>
  messageId(span.trace_id as TraceId, span.span_id as SpanId);

export const isPublish = (span: SpanHead): boolean => span.kind === 'PRODUCER';

/** The handler of one message: kind CONSUMER unless it says that it only received. */
export const isProcess = (span: SpanHead): boolean =>
  span.kind === 'CONSUMER' && span.operation_type !== 'receive';

const isReceive = (span: SpanHead): boolean => span.operation_type === 'receive';
const isSettle = (span: SpanHead): boolean => span.operation_type === 'settle';

export function spanIndex(input: readonly SpanHead[]): SpanIndex {
  const byKey = new Map<MessageId, SpanHead>();
  for (const span of input) byKey.set(spanKey(span), span);
  const spans = [...byKey.values()].sort(byStart);
  const handlers = new Map<MessageId, SpanHead[]>();
  const settlements = new Map<string, SpanHead[]>();
  const parentOf = (span: SpanHead): SpanHead | undefined =>
    span.parent_span_id === '' ? undefined : byKey.get(parentKey(span));
  for (const span of spans) {
    if (isProcess(span) || isReceive(span)) {
      for (const context of creationContexts(span, parentOf(span))) add(handlers, context, span);
    } else if (isSettle(span)) {
      if (span.parent_span_id !== '') add(settlements, parentKey(span), span);
      const position = deliveryKey(span);
      if (position) add(settlements, position, span);
    }
  }
  return {
    spans,
    get: (id) => byKey.get(id),
    parentOf,
    handlersOf: (message) => {
      const id = spanKey(message);
      const found = (handlers.get(id) ?? []).map((span) => asReceived(span, id));
      return withoutBareReceives(found);
    },
    settlementOf: (handler) => {
      const position = deliveryKey(handler);
      const found =
        settlements.get(spanKey(handler)) ?? (position ? settlements.get(position) : undefined);
      return found && lastWord(found);
    },
  };
}

/**
 * The messages that a process or receive span is about: its links, and its parent unless that is known
 * to be something else. A process span without links under a receive span of a batch is about the link
 * with its own stream sequence, or about the only link.
 */
export function creationContexts(span: SpanHead, parent: SpanHead | undefined): MessageId[] {
  const links = linkKeys(span);
  if (isReceive(span)) return links;
  if (parent && isReceive(parent) && links.length === 0) {
    const received = linkKeys(parent);
    const at = parent.link_sequences.indexOf(span.stream_seq);
    if (at >= 0 && span.stream_seq !== '0' && received[at]) return [received[at]];
    return received.length === 1 ? received : [];
  }
  if (span.parent_span_id === '' || (parent && !isPublish(parent))) return links;
  return [...new Set([...links, parentKey(span)])];
}

const parentKey = (span: SpanHead): MessageId =>
  messageId(span.trace_id as TraceId, span.parent_span_id as SpanId);

const linkKeys = (span: SpanHead): MessageId[] =>
  span.link_trace_ids.map((trace, index) =>
    messageId(trace as TraceId, (span.link_span_ids[index] ?? '') as SpanId),
  );

/** A batch tells each message's sequence on the link to it. */
function asReceived(span: SpanHead, id: MessageId): SpanHead {
  if (!isReceive(span) || span.stream_seq !== '0') return span;
  const sequence = span.link_sequences[linkKeys(span).indexOf(id)];
  return sequence ? { ...span, stream_seq: sequence } : span;
}

/** One attempt of one JetStream consumer; undefined for core NATS. */
function deliveryKey(span: SpanHead): string | undefined {
  if (span.consumer === '' || span.stream_seq === '0') return undefined;
  return `${span.stream}/${span.consumer}/${span.stream_seq}/${span.delivery_count}`;
}

/** A receive span tells nothing more where a handler of the same delivery is known. */
function withoutBareReceives(handlers: SpanHead[]): SpanHead[] {
  const handled = handlers.filter(isProcess);
  if (handled.length === 0) return handlers;
  return handlers.filter(
    (span) =>
      isProcess(span) ||
      !handled.some((other) =>
        span.consumer === '' ? other.service === span.service : other.consumer === span.consumer,
      ),
  );
}

/** "Still working" decides nothing where an ack, nak or term is known. */
function lastWord(settlements: readonly SpanHead[]): SpanHead | undefined {
  const final = settlements.filter((span) => span.disposition !== 'in_progress');
  return (final.length > 0 ? final : settlements).toSorted(byStart).at(-1);
}

function byStart(a: SpanHead, b: SpanHead): number {
  const difference = BigInt(a.start) - BigInt(b.start);
  if (difference !== 0n) return difference < 0n ? -1 : 1;
  return a.span_id < b.span_id ? -1 : a.span_id > b.span_id ? 1 : 0;
}

function add<Key>(map: Map<Key, SpanHead[]>, key: Key, span: SpanHead): void {
  const list = map.get(key);
  if (!list) map.set(key, [span]);
  else if (!list.includes(span)) list.push(span);
}
