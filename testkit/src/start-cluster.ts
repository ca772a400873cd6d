import { ProcessFailed } from './errors.ts';
import { freePort } from './free-port.ts';
import { APP_ACCOUNT, type NatsConfigOptions } from './nats-config.ts';
import { type NatsServer, retryPorts, startNatsAt } from './start-nats.ts';
import { waitFor } from './wait-for.ts';

export interface LeafOptions {
  /** Default `edge`, `edge-2`, ... */
  name?: string;
  /** Default false: its clients use the cluster's JetStream by naming its domain. */
  jetstream?: false | { domain: string };
}

export interface ClusterOptions extends NatsConfigOptions {
  /** Default 3. */
  nodes?: number;
  /**
   * Name of the cluster; its servers are `<name>-1`, ... Default `hub`. With leafs also its JetStream
   * domain, unless `jetstream` names one: servers refuse `$JS.API` from a leaf that names no domain.
   */
  name?: string;
  /** Edge sites: leaf nodes that connect to every server of the cluster in turn. Default none. */
  leaf?: boolean | number | readonly LeafOptions[];
  /** Other clusters that it reaches by gateways, and a port of its own for each server. */
  gateways?: {
    ports: readonly number[];
    remotes: readonly { name: string; ports: readonly number[] }[];
  };
  /** Until routes, leafs and the JetStream leader are there. Default 60 s. */
  readyTimeoutMs?: number;
}

export interface NatsCluster extends AsyncDisposable {
  readonly servers: readonly NatsServer[];
  readonly leafs: readonly NatsServer[];
  /** The first leaf; throws when none was asked for. */
  readonly leaf: NatsServer;
  /** Client URLs of the servers, leafs excluded. */
  readonly urls: readonly string[];
  /** Monitoring URLs of everything, leafs included. */
  readonly monitorUrls: readonly string[];
  readonly systemUser: { readonly user: string; readonly password: string };
  /** Resolves when every running server sees all others again; for after `kill` and `restart`. */
  settled(timeoutMs?: number): Promise<void>;
}

const PORT_ATTEMPTS = 5;

/** A cluster of real nats-servers with JetStream, and leaf nodes if asked for; ready when this resolves. */
export async function startCluster(options: ClusterOptions = {}): Promise<NatsCluster> {
  return await retryPorts(PORT_ATTEMPTS, () => startOnce(options));
}

async function startOnce(asked: ClusterOptions): Promise<NatsCluster> {
  const options = withDomain(asked);
  await using stack = new AsyncDisposableStack();
  const { hub, leafPorts } = await startServers(options, stack);
  const leafs = await startLeafs(options, { stack, leafPorts });
  const cluster = new LocalCluster({ hub, leafs, jetstream: options.jetstream !== false });
  await cluster.settled(options.readyTimeoutMs ?? 60_000);
  cluster.owns(stack.move());
  return cluster;
}

function withDomain(options: ClusterOptions): ClusterOptions {
  const { jetstream = true, name = 'hub' } = options;
  if (jetstream !== true || leafList(options.leaf).length === 0) return options;
  return { ...options, jetstream: { domain: name } };
}

async function startServers(
  options: ClusterOptions,
  stack: AsyncDisposableStack,
): Promise<{ hub: NatsServer[]; leafPorts: number[] }> {
  const name = options.name ?? 'hub';
  const indexes = Array.from({ length: options.nodes ?? 3 }, (_, index) => index);
  const routePorts = await Promise.all(indexes.map(freePort));
  const leafPorts = await Promise.all(indexes.map(freePort));
  const hub = await startAll(stack, indexes, async (index) => {
    const place = {
      name: `${name}-${index + 1}`,
      port: await freePort(),
      monitorPort: await freePort(),
      cluster: { name, port: routePorts[index] as number, routePorts },
      leafPort: leafPorts[index] as number,
    };
    const { gateways } = options;
    if (gateways === undefined) return await startNatsAt(place, options);
    const gateway = { port: gateways.ports[index] as number, remotes: gateways.remotes };
    return await startNatsAt({ ...place, gateway }, options);
  });
  return { hub, leafPorts };
}

async function startLeafs(
  options: ClusterOptions,
  parts: { stack: AsyncDisposableStack; leafPorts: readonly number[] },
): Promise<NatsServer[]> {
  const indexes = leafList(options.leaf).map((leaf, index) => ({ leaf, index }));
  return await startAll(parts.stack, indexes, async ({ leaf, index }) => {
    const place = {
      name: leaf.name ?? (index === 0 ? 'edge' : `edge-${index + 1}`),
      port: await freePort(),
      monitorPort: await freePort(),
      leafOf: parts.leafPorts,
    };
    return await startNatsAt(place, { ...options, jetstream: leaf.jetstream ?? false });
  });
}

function leafList(leaf: ClusterOptions['leaf'] = false): readonly LeafOptions[] {
  if (typeof leaf === 'object') return leaf;
  return Array.from({ length: Number(leaf) }, () => ({}));
}

/** All at once; whatever did start belongs to the stack even when another did not. */
async function startAll<T>(
  stack: AsyncDisposableStack,
  places: readonly T[],
  start: (place: T) => Promise<NatsServer>,
): Promise<NatsServer[]> {
  const started = await Promise.allSettled(
    places.map(async (place) => stack.use(await start(place))),
  );
  return started.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

class LocalCluster implements NatsCluster {
  readonly servers: readonly NatsServer[];
  readonly leafs: readonly NatsServer[];
  readonly #jetstream: boolean;
  #stack: AsyncDisposableStack | undefined;

  constructor(parts: { hub: NatsServer[]; leafs: NatsServer[]; jetstream: boolean }) {
    this.servers = parts.hub;
    this.leafs = parts.leafs;
    this.#jetstream = parts.jetstream;
  }

  owns(stack: AsyncDisposableStack): void {
    this.#stack = stack;
  }

  get leaf(): NatsServer {
    const [leaf] = this.leafs;
    if (leaf === undefined) throw new Error('cannot give the leaf: startCluster({ leaf: true })');
    return leaf;
  }

  get urls(): readonly string[] {
    return this.servers.map((server) => server.url);
  }

  get monitorUrls(): readonly string[] {
    return [...this.servers, ...this.leafs].map((server) => server.monitorUrl);
  }

  get systemUser(): { readonly user: string; readonly password: string } {
    return (this.servers[0] as NatsServer).systemUser;
  }

  async settled(timeoutMs = 60_000): Promise<void> {
    const live = this.servers.filter((server) => server.running);
    const others = live.length - 1;
    await Promise.all([
      ...live.map((server) => this.#see(server, { others, timeoutMs })),
      ...this.leafs.filter((leaf) => leaf.running).map((leaf) => seeHub(leaf, timeoutMs)),
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack?.disposeAsync();
  }

  async #see(server: NatsServer, want: { others: number; timeoutMs: number }): Promise<void> {
    await waitFor(() => this.#isSettled(server, want.others), {
      message: `${server.name} with ${want.others} routes and a JetStream leader (${server.logPath})`,
      timeoutMs: want.timeoutMs,
    });
    failIfEnded(server);
  }

  async #isSettled(server: NatsServer, others: number): Promise<boolean> {
    if (!server.running) return true;
    const routez = await monitorJson<Routez>(server, '/routez');
    const remotes = new Set((routez.routes ?? []).map((route) => route.remote_name));
    if (remotes.size < others) return false;
    if (!this.#jetstream) return true;
    const jsz = await monitorJson<Jsz>(server, '/jsz');
    return Boolean(jsz.meta_cluster?.leader) && (await isHealthy(server));
  }
}

async function seeHub(leaf: NatsServer, timeoutMs: number): Promise<void> {
  await waitFor(
    async () => {
      if (!leaf.running) return true;
      const { leafs } = await monitorJson<Leafz>(leaf, '/leafz');
      return leafs?.some((remote) => remote.account === APP_ACCOUNT) && (await isHealthy(leaf));
    },
    { message: `leaf ${leaf.name} connected to its cluster (${leaf.logPath})`, timeoutMs },
  );
  failIfEnded(leaf);
}

/** A port conflict of the route or leaf listener ends the server after it said that it is ready. */
function failIfEnded(server: NatsServer): void {
  if (server.running) return;
  throw new ProcessFailed(`cannot keep ${server.name} running: it ended`, {
    output: server.output(),
    logPath: server.logPath,
  });
}

async function isHealthy(server: NatsServer): Promise<boolean> {
  const response = await fetch(`${server.monitorUrl}/healthz`);
  await response.body?.cancel();
  return response.ok;
}

async function monitorJson<T>(server: NatsServer, path: string): Promise<T> {
  const response = await fetch(server.monitorUrl + path);
  return (await response.json()) as T;
}

interface Routez {
  routes?: { remote_name: string }[] | null;
}
interface Leafz {
  leafs?: { account: string }[] | null;
}
interface Jsz {
  meta_cluster?: { leader?: string };
}
