import type { ServerView } from '@hopline/model/api';
import {
  labelText,
  type MetricBlock,
  type MetricRow,
  specs,
} from '../endpoints/compat/metric-block.ts';
import { numberOf, secondsOf } from './numbers.ts';

/** Servers, their endpoints, links and accounts. A server without an answer has its state, no figures. */
export function serverBlocks(servers: readonly ServerView[], nowMs: number): MetricBlock[] {
  return [
    ...livenessBlocks(servers, nowMs),
    ...figureBlocks(servers),
    ...jetstreamBlocks(servers),
    ...partBlocks(servers),
  ];
}

const namesOf = ({ name, cluster }: ServerView) => ({ server: name, cluster });
const row = (server: ServerView, more: Record<string, string>, values: number[]): MetricRow => ({
  labels: labelText({ ...namesOf(server), ...more }),
  values,
});

function livenessBlocks(servers: readonly ServerView[], nowMs: number): MetricBlock[] {
  return [
    {
      metrics: specs('hopline_nats_server', {
        up: '1 when it answered the last sweep',
        last_success_age_seconds: 'since it last answered',
        healthy: '1 when its /healthz says ok',
      }),
      rows: servers.map((one) =>
        row(one, {}, [
          Number(one.figures !== null),
          nowMs / 1000 - secondsOf(one.lastSuccess),
          one.health === '' ? Number.NaN : Number(one.health === 'ok'),
        ]),
      ),
    },
    {
      metrics: specs('hopline_nats_server', { state: 'always 1; the state is in the label' }),
      rows: servers.map((one) => row(one, { state: one.state }, [1])),
    },
    {
      metrics: specs('hopline_nats_server', { info: 'always 1; what it is stands in the labels' }),
      rows: servers
        .filter(({ figures }) => figures !== null)
        .map((one) =>
          row(
            one,
            { version: one.version, server_id: one.id, domain: one.jetstream?.domain ?? '' },
            [1],
          ),
        ),
    },
    {
      metrics: specs('hopline_nats_endpoint', {
        up: '1 when the endpoint answered the last sweep',
        duration_seconds: 'until its answer, or until it failed',
      }),
      rows: servers.flatMap((one) =>
        one.endpoints.map(({ endpoint, up, durationMs }) =>
          row(one, { endpoint }, [Number(up), durationMs / 1000]),
        ),
      ),
    },
    {
      metrics: specs('hopline_nats_endpoint', { error: 'always 1; why it has no answer' }),
      rows: servers.flatMap((one) =>
        one.endpoints
          .filter(({ up }) => !up)
          .map(({ endpoint, reason }) => row(one, { endpoint, reason }, [1])),
      ),
    },
  ];
}

function figureBlocks(servers: readonly ServerView[]): MetricBlock[] {
  const up = servers.flatMap((server) =>
    server.figures ? [{ server, figures: server.figures }] : [],
  );
  return [
    {
      metrics: specs('hopline_nats_server', {
        start_time_seconds: 'when it started, Unix time',
        cpu_ratio: 'processor use, 1 is one core',
        cores: 'processor cores',
        memory_bytes: 'resident memory',
        connections: 'open connections of clients',
        max_connections: 'most connections of clients',
        subscriptions: 'subscriptions',
        routes: 'route connections',
        leafnodes: 'leaf node connections',
      }),
      rows: up.map(({ server, figures }) =>
        row(server, {}, [
          secondsOf(figures.startedAt),
          figures.cpuPercent / 100,
          figures.cores,
          figures.memoryBytes,
          figures.connections,
          figures.maxConnections,
          figures.subscriptions,
          figures.routes,
          figures.leafnodes,
        ]),
      ),
    },
    {
      metrics: specs(
        'hopline_nats_server',
        {
          connections_total: 'connections of clients since its start',
          received_messages_total: 'messages received',
          received_bytes_total: 'bytes received',
          sent_messages_total: 'messages sent',
          sent_bytes_total: 'bytes sent',
          stale_connections_total: 'connections closed because they did not answer',
          stalled_clients_total: 'times a fast producer was held back',
        },
        'counter',
      ),
      rows: up.map(({ server, figures }) =>
        row(server, {}, [
          figures.totalConnections,
          figures.inMsgs,
          figures.inBytes,
          figures.outMsgs,
          figures.outBytes,
          numberOf(figures.staleConnections),
          numberOf(figures.stalledClients),
        ]),
      ),
    },
    {
      metrics: specs(
        'hopline_nats_server',
        { slow_consumers_total: 'connections closed because they read too slowly' },
        'counter',
      ),
      rows: up.flatMap(({ server, figures }) => {
        const kinds = Object.entries(figures.slowConsumersByKind);
        // Older servers give the sum alone.
        const all: [string, number][] = kinds.length > 0 ? kinds : [['', figures.slowConsumers]];
        return all.map(([kind, count]) => row(server, { kind }, [count]));
      }),
    },
  ];
}

function jetstreamBlocks(servers: readonly ServerView[]): MetricBlock[] {
  const enabled = servers.flatMap((server) =>
    server.jetstream ? [{ server, jetstream: server.jetstream }] : [],
  );
  return [
    {
      metrics: specs('hopline_jetstream', {
        storage_bytes: 'bytes of file streams',
        storage_reserved_bytes: 'bytes of file streams that are promised',
        storage_limit_bytes: 'most bytes of file streams',
        memory_bytes: 'bytes of memory streams',
        memory_reserved_bytes: 'bytes of memory streams that are promised',
        memory_limit_bytes: 'most bytes of memory streams',
        ha_assets: 'replicated streams and consumers on the server',
        api_inflight: 'API requests being answered',
        meta_leader: '1 on the leader of the meta group',
        meta_pending: 'requests that the meta group holds',
      }),
      rows: enabled.map(({ server, jetstream }) =>
        row(server, {}, [
          jetstream.storageBytes,
          jetstream.storageReservedBytes,
          jetstream.maxStorageBytes,
          jetstream.memoryBytes,
          jetstream.memoryReservedBytes,
          jetstream.maxMemoryBytes,
          jetstream.haAssets,
          jetstream.apiInflight,
          Number(jetstream.isMetaLeader),
          numberOf(jetstream.metaPending),
        ]),
      ),
    },
    {
      metrics: specs(
        'hopline_jetstream',
        { api_requests_total: 'API requests', api_errors_total: 'API requests that failed' },
        'counter',
      ),
      rows: enabled.map(({ server, jetstream }) =>
        row(server, {}, [jetstream.apiTotal, jetstream.apiErrors]),
      ),
    },
  ];
}

function partBlocks(servers: readonly ServerView[]): MetricBlock[] {
  return [
    {
      metrics: specs('hopline_nats_server', {
        queue_pending: 'what waits in an internal queue of the server',
      }),
      rows: servers.flatMap((one) =>
        one.queues.map(({ name, pending }) => row(one, { queue: name }, [pending])),
      ),
    },
    {
      metrics: specs('hopline_nats_server', {
        subject_cache_hit_ratio: 'lookups of subjects whose subscriptions it remembered',
        max_fanout: 'most subscriptions of one remembered subject',
        average_fanout: 'subscriptions of a remembered subject',
      }),
      rows: servers.flatMap((one) => {
        const { matching } = one;
        if (!matching) return [];
        const { cacheHitRatio, maxFanout, averageFanout } = matching;
        return [row(one, {}, [cacheHitRatio, maxFanout, averageFanout])];
      }),
    },
    linkBlock(servers),
    {
      metrics: specs('hopline_nats_account', {
        max_connections: 'most connections of the account, all servers together',
        max_leafnodes: 'most leaf node connections of the account',
        max_subscriptions: 'most subscriptions of the account',
        max_payload_bytes: 'largest message of the account',
        expired: '1 when the JWT of the account has expired',
      }),
      rows: servers.flatMap((one) =>
        one.accounts.flatMap(({ account, limits }) =>
          limits
            ? [
                row(one, { account }, [
                  numberOf(limits.maxConnections),
                  numberOf(limits.maxLeafnodes),
                  numberOf(limits.maxSubscriptions),
                  numberOf(limits.maxPayloadBytes),
                  Number(limits.isExpired),
                ]),
              ]
            : [],
        ),
      ),
    },
    {
      metrics: specs('hopline_nats_account', {
        connections: 'open connections of the account on the server',
        subscriptions: 'subscriptions of the account on the server',
      }),
      rows: servers.flatMap((one) =>
        one.accounts.map((account) =>
          row(one, { account: account.account }, [account.connections, account.subscriptions]),
        ),
      ),
    },
    {
      metrics: specs(
        'hopline_nats_account',
        {
          received_messages_total: 'messages that the server received of the account',
          received_bytes_total: 'bytes that the server received of the account',
          sent_messages_total: 'messages that the server sent to the account',
          sent_bytes_total: 'bytes that the server sent to the account',
          slow_consumers_total: 'connections of the account closed because they read too slowly',
        },
        'counter',
      ),
      rows: servers.flatMap((one) =>
        one.accounts.map((account) =>
          row(one, { account: account.account }, [
            account.receivedMsgs,
            account.receivedBytes,
            account.sentMsgs,
            account.sentBytes,
            account.slowConsumers,
          ]),
        ),
      ),
    },
  ];
}

/** A pool of routes is one row: the slowest round trip, all that is pending. */
function linkBlock(servers: readonly ServerView[]): MetricBlock {
  return {
    metrics: specs('hopline_nats_link', {
      rtt_seconds: 'round-trip time to the other server',
      pending_bytes: 'bytes that wait to be sent to it',
    }),
    rows: servers.flatMap((server) =>
      [...Map.groupBy(server.links, ({ kind, remote }) => `${kind} ${remote}`).values()].map(
        (links) => {
          const rtts = links.flatMap(({ rttMs }) => (rttMs === null ? [] : [rttMs / 1000]));
          return row(server, { kind: links[0]!.kind, remote: links[0]!.remote }, [
            rtts.length === 0 ? Number.NaN : Math.max(...rtts),
            links.reduce((sum, { pendingBytes }) => sum + pendingBytes, 0),
          ]);
        },
      ),
    ),
  };
}
