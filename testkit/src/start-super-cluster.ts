import { freePort } from './free-port.ts';
import type { NatsConfigOptions } from './nats-config.ts';
import { type ClusterOptions, type NatsCluster, startCluster } from './start-cluster.ts';
import type { NatsServer } from './start-nats.ts';
import { waitFor } from './wait-for.ts';

export interface SuperClusterOptions extends Omit<NatsConfigOptions, 'jetstream'> {
  /** In any order; each name once. */
  clusters: readonly { name: string; nodes: number; leaf?: ClusterOptions['leaf'] }[];
  /** Until all is connected. Default 60 s. */
  readyTimeoutMs?: number;
}

export interface SuperCluster extends AsyncDisposable {
  /** By their names. */
  readonly clusters: Readonly<Record<string, NatsCluster>>;
  /** Every server, leafs included. */
  readonly servers: readonly NatsServer[];
  readonly monitorUrls: readonly string[];
  readonly systemUser: { readonly user: string; readonly password: string };
}

/** JetStream domain of all clusters: their servers form one meta group. */
const DOMAIN = 'hub';

/** Clusters joined by gateways, with leaf nodes if asked for; ready when this resolves. */
export async function startSuperCluster(options: SuperClusterOptions): Promise<SuperCluster> {
  const { clusters: asked, readyTimeoutMs = 60_000, ...shared } = options;
  const gates = await Promise.all(
    asked.map(async ({ name, nodes }) => ({
      name,
      ports: await Promise.all(Array.from({ length: nodes }, freePort)),
    })),
  );
  await using stack = new AsyncDisposableStack();
  // At once: none has a JetStream leader before most servers of all clusters run.
  const started = await Promise.allSettled(
    asked.map(async ({ name, nodes, leaf }, index) => {
      const own = gates[index] as (typeof gates)[number];
      const remotes = gates.filter((gate) => gate !== own);
      const cluster = await startCluster({
        ...shared,
        name,
        nodes,
        jetstream: { domain: DOMAIN },
        gateways: { ports: own.ports, remotes },
        ...(leaf === undefined ? {} : { leaf }),
        readyTimeoutMs,
      });
      return stack.use(cluster);
    }),
  );
  const clusters = started.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  const others = (own: string) => asked.filter(({ name }) => name !== own).map(({ name }) => name);
  await Promise.all(
    clusters.flatMap(({ servers }, index) =>
      servers.map((server) => reaches(server, others(asked[index]!.name), readyTimeoutMs)),
    ),
  );
  const parts = stack.move();
  const servers = clusters.flatMap((cluster) => [...cluster.servers, ...cluster.leafs]);
  return {
    clusters: Object.fromEntries(asked.map(({ name }, index) => [name, clusters[index]!])),
    servers,
    monitorUrls: servers.map(({ monitorUrl }) => monitorUrl),
    systemUser: clusters[0]!.systemUser,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** Inbound ones say nothing: the others choose which server of a cluster they connect to. */
interface Gatewayz {
  outbound_gateways?: Record<string, unknown>;
}

async function reaches(server: NatsServer, names: string[], timeoutMs: number): Promise<void> {
  const isJoined = async (): Promise<boolean> => {
    const response = await fetch(`${server.monitorUrl}/gatewayz`);
    const { outbound_gateways: found = {} } = (await response.json()) as Gatewayz;
    return names.every((name) => found[name] !== undefined);
  };
  const message = `${server.name} with gateways to ${names.join(', ')} (${server.logPath})`;
  await waitFor(isJoined, { message, timeoutMs });
}
