import { isInternalSubject, type MessageId } from '@hopline/model';
import type { SpanHead } from '../store/store.ts';
import { handlerAbove } from './message-path.ts';
import { creationContexts, isPublish, type SpanIndex, spanKey } from './span-index.ts';

/** The message whose handling published `publish`; null when none is known. */
export function causeOf(index: SpanIndex, publish: SpanHead): MessageId | null {
  const handler = handlerAbove(index, publish);
  if (!handler) return null;
  const contexts = creationContexts(handler, index.parentOf(handler));
  const known = contexts.find((context) => index.get(context)?.kind === 'PRODUCER');
  // A message of another trace is not at hand; a link to a receive span of this one is.
  return known ?? contexts.find((context) => !index.get(context)) ?? null;
}

/** Messages published while one of `handlers` was at work, oldest first; replies to inboxes left out. */
export function publishedWhile(index: SpanIndex, handlers: readonly SpanHead[]): SpanHead[] {
  const wanted = new Set(handlers.map(spanKey));
  return index.spans.filter((span) => {
    if (!isPublish(span) || isInternalSubject(span.subject)) return false;
    const handler = handlerAbove(index, span);
    return handler !== undefined && wanted.has(spanKey(handler));
  });
}
