import type { ConnectionView } from '@hopline/model/api';
import { parseDurationNs } from './compat/duration.ts';
import { type Fields, numberAt, textAt, textsAt, timeAt } from './fields.ts';

const MAX_SUBJECTS = 20;

/** One connection of `/connz`, open or closed. */
export function connectionView(connection: Fields, server: string): ConnectionView {
  const rttMs = parseDurationNs(textAt(connection, 'rtt')) / 1e6;
  return {
    server,
    cid: numberAt(connection, 'cid'),
    kind: textAt(connection, 'kind'),
    type: textAt(connection, 'type'),
    ip: textAt(connection, 'ip'),
    port: numberAt(connection, 'port'),
    name: textAt(connection, 'name'),
    account: textAt(connection, 'account'),
    user: shownUser(textAt(connection, 'authorized_user')),
    language: textAt(connection, 'lang'),
    version: textAt(connection, 'version'),
    startedAt: timeAt(connection, 'start'),
    lastActivity: timeAt(connection, 'last_activity'),
    stoppedAt: timeAt(connection, 'stop'),
    reason: textAt(connection, 'reason'),
    rttMs: Number.isFinite(rttMs) ? rttMs : null,
    pendingBytes: numberAt(connection, 'pending_bytes'),
    inMsgs: numberAt(connection, 'in_msgs'),
    outMsgs: numberAt(connection, 'out_msgs'),
    inBytes: numberAt(connection, 'in_bytes'),
    outBytes: numberAt(connection, 'out_bytes'),
    inMsgsPerSecond: null,
    outMsgsPerSecond: null,
    subscriptions: numberAt(connection, 'subscriptions'),
    subjects: textsAt(connection, 'subscriptions_list').slice(0, MAX_SUBJECTS),
  };
}

/** Servers before 2.11.17, 2.12.8 and 2.14.0 show bearer tokens as the user: a secret. */
const shownUser = (user: string): string => (/^eyJ[\w-]+\./.test(user) ? '[bearer token]' : user);
