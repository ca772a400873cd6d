import { FATES, type Fate, parseDurationNs, STAGES } from '@hopline/model';
import type { StageOrTotal } from '@hopline/model/api';
import type { MessageFilter } from '../api/messages.ts';

/** What the address says of the list. Empty means every message. */
export interface MessagesSearch {
  service?: string | undefined;
  /** Exact, or a pattern with `*` and `>`; several are separated by spaces. */
  subject?: string | undefined;
  outcome?: Fate | undefined;
  text?: string | undefined;
  /** `Nats-Msg-Id` or the id of its envelope. */
  key?: string | undefined;
  stream?: string | undefined;
  /** Of the stream; the outcome is then that of its delivery. */
  consumer?: string | undefined;
  sequence?: string | undefined;
  /** As typed: `order.id=4711`. */
  attribute?: string | undefined;
  /** Of which `min` and `max` are; the total without it. */
  stage?: StageOrTotal | undefined;
  /** As typed: `500ms`. */
  min?: string | undefined;
  max?: string | undefined;
}

/** Every key, none of them set. */
export const NO_FILTER = {
  service: undefined,
  subject: undefined,
  outcome: undefined,
  text: undefined,
  key: undefined,
  stream: undefined,
  consumer: undefined,
  sequence: undefined,
  attribute: undefined,
  stage: undefined,
  min: undefined,
  max: undefined,
} satisfies { [key in keyof Required<MessagesSearch>]: undefined };

const MAX_CHARS = 200;
/** A consumer may have many filters. */
const MAX_SUBJECT_CHARS = 2000;

/** What of `search` is a valid filter; the rest is dropped. */
export function parseMessagesSearch(search: Record<string, unknown>): MessagesSearch {
  const parsed: MessagesSearch = {};
  const service = textOf(search.service);
  const subject = textOf(search.subject, MAX_SUBJECT_CHARS);
  if (service) parsed.service = service;
  if (subject) parsed.subject = subject;
  for (const name of ['text', 'key', 'stream', 'consumer', 'sequence', 'attribute'] as const) {
    const text = textOf(search[name]);
    if (text) parsed[name] = text;
  }
  const outcome = FATES.find((fate) => fate === search.outcome);
  if (outcome) parsed.outcome = outcome;
  if (isStage(search.stage)) parsed.stage = search.stage;
  const [min, max] = [textOf(search.min), textOf(search.max)];
  if (min) parsed.min = min;
  if (max) parsed.max = max;
  return parsed;
}

/** As the API takes them. */
export const isSequence = (text: string): boolean => /^\d{1,19}$/.test(text);
export const isAttribute = (text: string): boolean => /^[^=]+=./.test(text);

export const isStage = (value: unknown): value is StageOrTotal =>
  value === 'total' || STAGES.some((stage) => stage === value);

/** What the API is asked for. What it would refuse is left out; the filter says so. */
export function filterOf(typed: MessagesSearch): MessageFilter {
  const { min, max, sequence, attribute, consumer, ...search } = typed;
  const least = parseDurationNs(min ?? '');
  const most = parseDurationNs(max ?? '');
  return {
    ...search,
    ...(consumer && search.stream ? { consumer } : {}),
    ...(sequence && isSequence(sequence) ? { sequence } : {}),
    ...(attribute && isAttribute(attribute) ? { attribute } : {}),
    ...(least === null ? {} : { min: String(least) }),
    ...(most === null ? {} : { max: String(most) }),
  };
}

const textOf = (value: unknown, maxChars = MAX_CHARS): string =>
  typeof value === 'string' ? value.trim().slice(0, maxChars) : '';
