import { FATES, type Fate } from '@hopline/model';

/** What the address says of the list. Empty means every message. */
export interface MessagesSearch {
  service?: string | undefined;
  /** Exact, or a pattern with `*` and `>`. */
  subject?: string | undefined;
  outcome?: Fate | undefined;
  text?: string | undefined;
}

const MAX_CHARS = 200;

/** What of `search` is a valid filter; the rest is dropped. */
export function parseMessagesSearch(search: Record<string, unknown>): MessagesSearch {
  const parsed: MessagesSearch = {};
  const service = textOf(search.service);
  const subject = textOf(search.subject);
  const text = textOf(search.text);
  if (service) parsed.service = service;
  if (subject) parsed.subject = subject;
  if (text) parsed.text = text;
  const outcome = FATES.find((fate) => fate === search.outcome);
  if (outcome) parsed.outcome = outcome;
  return parsed;
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.trim().slice(0, MAX_CHARS) : '';
