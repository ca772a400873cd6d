/** Subject prefixes that belong to NATS itself, not to an application. */
export const INTERNAL_PREFIXES = ['$JS.', '$SYS.', '$SRV.', '_INBOX.', '_R_.', '_GR_.'] as const;

/** True for subjects that NATS uses for itself: API calls, acks, inboxes, system events. */
export function isInternalSubject(subject: string): boolean {
  return INTERNAL_PREFIXES.some((prefix) => subject.startsWith(prefix));
}

/** True for a subject that holds `*` or `>` as a whole token. */
export function isPattern(subject: string): boolean {
  return subject.split('.').some((token) => token === '*' || token === '>');
}

/**
 * True when `subject` is matched by `pattern`: `*` stands for exactly one token, a final `>` for one
 * or more (NATS subject-based messaging). Also true for a pattern that covers another pattern.
 */
export function subjectMatches(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const given = subject.split('.');
  for (const [index, token] of wanted.entries()) {
    const at = given[index];
    if (token === '>') return index === wanted.length - 1 && at !== undefined;
    if (at === undefined || at === '>') return false;
    if (token !== '*' && token !== at) return false;
  }
  return wanted.length === given.length;
}

/**
 * A token that names one thing rather than a kind of thing. ClickHouse runs the same rule as the text
 * of `VARYING_TOKEN` when it fills `SubjectPattern`, so keep it RE2: no look-around.
 * Whole numbers; UUIDs and other hex of eight or more with a digit; ULIDs and NUIDs; words that end in
 * three or more digits (`order-4711`).
 */
export const VARYING_TOKEN =
  '[0-9]+|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}' +
  '|[a-fA-F]*[0-9][0-9a-fA-F]{7,}|[0-9A-Z]{26}|[0-9A-Za-z]{22}|[A-Za-z]+[-_]?[0-9]{3,}';

const VARYING = new RegExp(`^(?:${VARYING_TOKEN})$`);

/** The subject pattern of one subject: every token that varies becomes `*`; an inbox is `_INBOX.>`. */
export function subjectPattern(subject: string): string {
  if (subject.startsWith('_INBOX.')) return '_INBOX.>';
  return subject
    .split('.')
    .map((token) => (VARYING.test(token) ? '*' : token))
    .join('.');
}
