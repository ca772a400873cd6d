import { z } from 'zod';
import { messageSummary } from './message.ts';
import {
  durationNsString,
  messageIdString,
  spanIdString,
  traceIdString,
  unixNsString,
} from './scalars.ts';
import { spanKind, spanStatus } from './trace.ts';

/** One trace of a conversation. */
export const conversationTrace = z.object({
  traceId: traceIdString,
  start: unixNsString,
  duration: durationNsString,
  /** Name of its first span. */
  name: z.string(),
  /** In order of their first span. */
  services: z.array(z.string()),
  spans: z.number().int(),
  /** Spans that ended in an error. */
  errors: z.number().int(),
  messages: z.number().int(),
  /** Messages of the conversation's other traces that spans of this one handle: where it goes on from. */
  continues: z.array(messageIdString),
});

/** A span without its maps; the trace has the rest. */
export const conversationSpan = z.object({
  traceId: traceIdString,
  spanId: spanIdString,
  /** Null for a root of its trace. */
  parentSpanId: spanIdString.nullable(),
  name: z.string(),
  kind: spanKind,
  service: z.string(),
  start: unixNsString,
  duration: durationNsString,
  status: spanStatus,
  /** `publish`, `process`, `receive`, `ack`, ...; '' where it is no messaging span. */
  operation: z.string(),
  subject: z.string(),
  /** The messages that this span received or handled, by link or as their child; [] for any other. */
  handles: z.array(messageIdString),
});

export const conversationMessage = messageSummary.extend({
  /** The message whose handling published this one; null for the first. */
  causedBy: messageIdString.nullable(),
});

/**
 * Traces that only links hold together, as one story: those that led to the one asked for, and all that
 * any of them led to. Spans, messages and traces are in order of time, on the clocks that recorded them.
 */
export const conversationResponse = z.object({
  /** The trace that was asked for. */
  traceId: traceIdString,
  start: unixNsString,
  duration: durationNsString,
  traces: z.array(conversationTrace),
  spans: z.array(conversationSpan),
  /** Replies to inboxes are left out. */
  messages: z.array(conversationMessage),
  /** True when there are more traces, spans or messages than the answer holds. */
  truncated: z.boolean(),
});

export type ConversationTrace = z.infer<typeof conversationTrace>;
export type ConversationSpan = z.infer<typeof conversationSpan>;
export type ConversationMessage = z.infer<typeof conversationMessage>;
export type ConversationResponse = z.infer<typeof conversationResponse>;
