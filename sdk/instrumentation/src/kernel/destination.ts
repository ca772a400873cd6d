import { isInternalSubject } from '@hopline/model';

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

/** A reply goes to an inbox; all inboxes share one template. */
export function replyDestination(inbox: string): Destination {
  return { name: inbox, template: '_INBOX.>', temporary: true };
}
