import type {
  ClusterPart,
  ClusterSnapshot,
  ConnectionView,
  ConsumerView,
  QueryOf,
  ResponseOf,
  UnknownPart,
} from '@hopline/model/api';
import type { ApiContext } from './api-context.ts';

/** GET /api/v1/servers */
export function getServers({ cluster }: ApiContext): ResponseOf<'servers'> {
  const { time, servers, unknown } = cluster();
  return { time, servers: [...servers], unknown: of('servers', unknown) };
}

/** GET /api/v1/streams */
export function getStreams(
  { cluster }: ApiContext,
  query: { account?: string | undefined; stream?: string | undefined; limit: number },
): ResponseOf<'streams'> {
  const { time, streams, unknown } = cluster();
  const found = streams.filter(
    (one) => matches(query.account, one.account) && matches(query.stream, one.stream),
  );
  return {
    time,
    streams: found.slice(0, query.limit),
    total: found.length,
    unknown: of('streams and consumers', unknown),
  };
}

type ConsumersGiven = Required<Pick<QueryOf<'consumers'>, 'sort'>> & {
  account?: string | undefined;
  stream?: string | undefined;
  consumer?: string | undefined;
  verdict?: ConsumerView['verdict'] | undefined;
  sort: keyof typeof CONSUMER_ORDER;
  limit: number;
};

/** GET /api/v1/consumers */
export function getConsumers(
  { cluster }: ApiContext,
  query: ConsumersGiven,
): ResponseOf<'consumers'> {
  const { time, consumers, unknown } = cluster();
  const found = consumers
    .filter(
      (one) =>
        matches(query.account, one.account) &&
        matches(query.stream, one.stream) &&
        matches(query.consumer, one.consumer) &&
        matches(query.verdict, one.verdict),
    )
    .sort(CONSUMER_ORDER[query.sort]);
  return {
    time,
    consumers: found.slice(0, query.limit),
    total: found.length,
    unknown: of('streams and consumers', unknown),
  };
}

/** GET /api/v1/connections */
export function getConnections(
  { cluster }: ApiContext,
  query: {
    server?: string | undefined;
    account?: string | undefined;
    state: 'open' | 'closed' | 'slow';
    sort: keyof typeof CONNECTION_ORDER;
    limit: number;
  },
): ResponseOf<'connections'> {
  const snapshot = cluster();
  const found = inState(snapshot, query.state)
    .filter((one) => matches(query.server, one.server) && matches(query.account, one.account))
    .sort(CONNECTION_ORDER[query.sort]);
  return {
    time: snapshot.time,
    connections: found.slice(0, query.limit),
    total: found.length,
    unknown: of('connections', snapshot.unknown),
  };
}

const of = (part: ClusterPart, unknown: readonly UnknownPart[]): UnknownPart[] =>
  unknown.filter((one) => one.part === part);

function inState(
  { connections, closed }: ClusterSnapshot,
  state: 'open' | 'closed' | 'slow',
): ConnectionView[] {
  if (state === 'open') return [...connections];
  return closed.filter(({ reason }) => state === 'closed' || reason.startsWith('Slow Consumer'));
}

const matches = (wanted: string | undefined, value: string): boolean =>
  wanted === undefined || wanted === value;

const nameOf = (one: ConsumerView): string => `${one.account}/${one.stream}/${one.consumer}`;
const byName = (one: ConsumerView, other: ConsumerView): number =>
  nameOf(one).localeCompare(nameOf(other));
/** An unknown lag stands after every known one that is not 0: it may be any. */
const lagOf = ({ deliveryLag }: ConsumerView): number => deliveryLag.seconds ?? Number.MIN_VALUE;

const CONSUMER_ORDER = {
  lag: (one: ConsumerView, other: ConsumerView) =>
    lagOf(other) - lagOf(one) || other.backlog - one.backlog || byName(one, other),
  backlog: (one: ConsumerView, other: ConsumerView) =>
    other.backlog - one.backlog || byName(one, other),
  inFlight: (one: ConsumerView, other: ConsumerView) =>
    other.inFlight - one.inFlight || byName(one, other),
  name: byName,
};

const byCid = (one: ConnectionView, other: ConnectionView): number =>
  one.server.localeCompare(other.server) || one.cid - other.cid;
const most = (figure: (one: ConnectionView) => number) => {
  return (one: ConnectionView, other: ConnectionView): number =>
    figure(other) - figure(one) || byCid(one, other);
};

const CONNECTION_ORDER = {
  cid: byCid,
  pending: most(({ pendingBytes }) => pendingBytes),
  in: most(({ inMsgs }) => inMsgs),
  out: most(({ outMsgs }) => outMsgs),
  subscriptions: most(({ subscriptions }) => subscriptions),
  stopped: most(({ stoppedAt }) => Number(stoppedAt ?? 0)),
};
