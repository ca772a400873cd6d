import type { ServerLink, ServerView } from '@hopline/model/api';

/** A server as the API tells of one; tests change what they are about. */
export function serverView(change: Partial<ServerView> = {}): ServerView {
  return {
    name: 'n1',
    id: 'ID1',
    cluster: 'hub',
    version: '2.12.1',
    url: 'http://127.0.0.1:8222',
    source: 'monitoring URL',
    state: 'up',
    stateReason: 'it answers',
    lastSuccess: '1700000000000000000',
    health: 'ok',
    healthError: '',
    figures: null,
    jetstream: null,
    links: [],
    queues: [],
    matching: null,
    accounts: [],
    raft: [],
    endpoints: [],
    ...change,
  };
}

export const link = (kind: ServerLink['kind'], remote: string): ServerLink => ({
  kind,
  remote,
  account: '',
  rttMs: 1,
  inMsgs: 0,
  outMsgs: 0,
  inBytes: 0,
  outBytes: 0,
  pendingBytes: 0,
  subscriptions: 0,
  id: 1,
  remoteId: '',
  isConfigured: true,
  lastActivity: null,
  openSeconds: null,
  idleSeconds: null,
});
