import type { AccountLimits, AccountTraffic, RaftGroup, SubjectMatching } from '@hopline/model/api';
import { type Fields, fieldsAt, flagAt, isFields, listAt, numberAt, textAt } from './fields.ts';

/** `/accstatz`. */
export const accountTraffic = (accstatz: Fields): AccountTraffic[] =>
  listAt(accstatz, 'account_statz').map((account) => ({
    account: textAt(account, 'acc'),
    name: textAt(account, 'name') || textAt(account, 'acc'),
    connections: numberAt(account, 'conns'),
    leafnodes: numberAt(account, 'leafnodes'),
    subscriptions: numberAt(account, 'num_subscriptions'),
    ...traffic(fieldsAt(account, 'sent'), fieldsAt(account, 'received')),
    slowConsumers: numberAt(account, 'slow_consumers'),
    byKind: trafficByKind(fieldsAt(account, 'sent'), fieldsAt(account, 'received')),
    limits: null,
  }));

const traffic = (sent: Fields, received: Fields) => ({
  sentMsgs: numberAt(sent, 'msgs'),
  sentBytes: numberAt(sent, 'bytes'),
  receivedMsgs: numberAt(received, 'msgs'),
  receivedBytes: numberAt(received, 'bytes'),
});

/** Servers before 2.11 do not tell kinds apart. */
function trafficByKind(sent: Fields, received: Fields): AccountTraffic['byKind'] {
  if (!isFields(sent['routes']) && !isFields(received['routes'])) return null;
  const of = (kind: string) => traffic(fieldsAt(sent, kind), fieldsAt(received, kind));
  return { leafs: of('leafs'), routes: of('routes'), gateways: of('gateways') };
}

/** `/accountz?acc=...`; an account without a JWT has no limits there. */
export function accountLimits(accountz: Fields): AccountLimits {
  const account = fieldsAt(accountz, 'account_detail');
  const limits = fieldsAt(fieldsAt(fieldsAt(account, 'decoded_jwt'), 'nats'), 'limits');
  const limitAt = (key: string): number | null =>
    typeof limits[key] === 'number' && limits[key] >= 0 ? limits[key] : null;
  return {
    maxConnections: limitAt('conn'),
    maxLeafnodes: limitAt('leaf'),
    maxSubscriptions: limitAt('subs'),
    maxPayloadBytes: limitAt('payload'),
    isSystem: flagAt(account, 'is_system'),
    isExpired: flagAt(account, 'expired'),
  };
}

/** `/subsz`. */
export const subjectMatching = (subsz: Fields): SubjectMatching => ({
  matches: numberAt(subsz, 'num_matches'),
  cacheEntries: numberAt(subsz, 'num_cache'),
  cacheHitRatio: numberAt(subsz, 'cache_hit_rate'),
  maxFanout: numberAt(subsz, 'max_fanout'),
  averageFanout: numberAt(subsz, 'avg_fanout'),
});

/** `/raftz`: groups by account and name. */
export const raftGroups = (raftz: Fields): RaftGroup[] =>
  Object.entries(raftz).flatMap(([account, groups]) =>
    isFields(groups)
      ? Object.entries(groups).flatMap(([group, state]) =>
          isFields(state) ? [raftGroup(state, { account, group })] : [],
        )
      : [],
  );

const raftGroup = (state: Fields, names: { account: string; group: string }): RaftGroup => ({
  ...names,
  state: textAt(state, 'state'),
  leader: textAt(state, 'leader'),
  term: numberAt(state, 'term'),
  committed: numberAt(state, 'committed'),
  applied: numberAt(state, 'applied'),
  lastIndex: numberAt(state, 'pindex'),
  isCatchingUp: flagAt(state, 'catching_up'),
  error: textAt(state, 'wal_error'),
});

/** `/ipqueuesz`: those with something in them. */
export const busyQueues = (ipqueuesz: Fields): { name: string; pending: number }[] =>
  Object.entries(ipqueuesz).flatMap(([name, queue]) => {
    const pending = isFields(queue)
      ? numberAt(queue, 'pending') + numberAt(queue, 'in_progress')
      : 0;
    return pending > 0 ? [{ name, pending }] : [];
  });

/** `/healthz`, which also tells by its status. */
export function healthOf(healthz: Fields): { health: 'ok' | 'error'; healthError: string } {
  const error = textAt(healthz, 'error');
  const isOk = textAt(healthz, 'status') === 'ok' && error === '';
  return { health: isOk ? 'ok' : 'error', healthError: error };
}

/** Servers that an answer of `/jsz` names as members of the meta group, besides the one asked. */
export const metaPeers = (jsz: Fields): string[] =>
  listAt(fieldsAt(jsz, 'meta_cluster'), 'replicas')
    .map((replica) => textAt(replica, 'name'))
    .filter((name) => name !== '' && name !== 'Server name unknown at this time');
