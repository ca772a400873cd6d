import { isInternalSubject, isPattern, subjectPattern } from '@hopline/model';

/** Chunks of stored objects: hundreds of messages for one operation of the user. */
const QUIET_PREFIXES = ['$O.'];
/** Stored state read back by the client itself, not messages handed to the application. */
const QUIET_DELIVERIES = ['$KV.', '$O.'];

/** Where a message goes, in the words of the messaging conventions. */
export interface Destination {
  /** Absent for a batch that may hold several subjects. */
  name?: string;
  /** The low-cardinality form of `name`; absent when `name` is one already. */
  template?: string;
  /** True for an inbox. */
  temporary: boolean;
}

export function isInbox(subject: string, inboxPrefix: string): boolean {
  return subject.startsWith('_INBOX.') || subject.startsWith(inboxPrefix) || isReplyAlias(subject);
}

/** Subjects under which servers carry a reply over an account border (`_R_`, `_GR_`). */
function isReplyAlias(subject: string): boolean {
  return subject.startsWith('_R_.') || subject.startsWith('_GR_.');
}

/** True for what NATS sends for itself; nothing of it is an operation of the application. */
export function isQuietSend(subject: string): boolean {
  return isInternalSubject(subject) || QUIET_PREFIXES.some((prefix) => subject.startsWith(prefix));
}

export function isQuietDelivery(subject: string, inboxPrefix: string): boolean {
  return (
    isInternalSubject(subject) ||
    subject.startsWith(inboxPrefix) ||
    QUIET_DELIVERIES.some((prefix) => subject.startsWith(prefix))
  );
}

/** Bounds the memory of a process that uses ever new subjects. */
const KNOWN_MAX = 2000;
/** Pure answers, so they can be shared: finding a subject's pattern costs more than a publish. */
const known = new Map<string | undefined, Map<string, Destination>>();
let knownCount = 0;

/** `subscription` is the pattern that the message came in by, when there is one. Not for change. */
export function destinationOf(subject: string, subscription?: string): Destination {
  let subjects = known.get(subscription);
  let destination = subjects?.get(subject);
  if (destination) return destination;
  if (!subjects || knownCount >= KNOWN_MAX) {
    if (knownCount >= KNOWN_MAX) known.clear();
    if (known.size === 0) knownCount = 0;
    subjects = new Map();
    known.set(subscription, subjects);
  }
  destination = findDestination(subject, subscription);
  subjects.set(subject, destination);
  knownCount += 1;
  return destination;
}

function findDestination(subject: string, subscription: string | undefined): Destination {
  if (subscription !== undefined && isPattern(subscription)) {
    return { name: subject, template: subscription, temporary: false };
  }
  const template = subjectPattern(subject);
  return template === subject
    ? { name: subject, temporary: false }
    : { name: subject, template, temporary: false };
}

/** A reply goes to an inbox; all inboxes share one template. */
export function replyDestination(inbox: string): Destination {
  return { name: inbox, template: '_INBOX.>', temporary: true };
}

/** What a pull asks for: one subject, the subjects of a filter, or all of a stream. */
export function batchDestination(filter: string | undefined, stream: string): Destination {
  if (filter !== undefined && !isPattern(filter)) return destinationOf(filter);
  return { template: filter ?? stream, temporary: false };
}
