import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AssetRow } from '@hopline/model';
import { type ClusterSnapshot, EMPTY_CLUSTER } from '@hopline/model/api';
import { consumerRow, streamRow } from '../endpoints/asset-row.ts';
import type { WindowLimits } from '../lag/lag-sample.ts';
import { HeardServers } from '../servers/heard-servers.ts';
import { KnownConnections } from '../servers/known-connections.ts';
import { type AskedServer, KnownServers } from '../servers/known-servers.ts';
import { leaderAssets } from '../servers/leader-assets.ts';
import {
  type MonitoringServer,
  type MonitoringStatus,
  type ServerAnswer,
  serverAtUrl,
} from '../servers/monitoring-server.ts';
import type { OwnAccount } from '../servers/own-account.ts';
import type { ServerSigns } from '../servers/system-account.ts';
import { unknownParts } from '../servers/unknown-parts.ts';
import type { AskSystem } from '../transport/system-client.ts';
import { LagBook, type MessageTimes, type SpanTimes } from './lag-book.ts';

export interface SweepOptions {
  urls: readonly string[];
  /** From the start of one sweep to the start of the next; a slow sweep is never overtaken. */
  intervalMs: number;
  /** Of one request. */
  timeoutMs: number;
  /** Of one answer. Default 128 MiB. */
  maxBodyBytes?: number | undefined;
  /** Names the RAFT groups of single replicas too, which costs servers more. Default false. */
  allRaftGroups?: boolean | undefined;
  /** Path of a CA certificate for https URLs. */
  tlsCa?: string | undefined;
  /** Paths of a client certificate and its key, for https URLs that ask for one. */
  tlsCert?: string | undefined;
  tlsKey?: string | undefined;
  /** Default: six intervals, four samples. */
  window?: WindowLimits | undefined;
  /** Reads messages where that is permitted; without it lag is interpolated. */
  messageTimes?: MessageTimes | undefined;
  /** Tells of deliveries whose stream did not answer; without it their lag is unknown. */
  spanTimes?: SpanTimes | undefined;
  /** What servers announced, by name. */
  signs?: (() => ReadonlyMap<string, ServerSigns>) | undefined;
  /** Asks servers that are heard and have no URL; without it they are known by their heartbeats alone. */
  askSystem?: AskSystem | undefined;
  /** The first sweep waits for it: servers are not heard at once. Default nothing. */
  begin?: Promise<void> | undefined;
  /** Lists the streams of our own account where no server may be asked. */
  ownAccount?: OwnAccount | undefined;
  /** The rows of one sweep; the next waits until it settles. */
  onAssets?: ((rows: AssetRow[]) => Promise<void>) | undefined;
  onStatus?: ((status: MonitoringStatus[]) => void) | undefined;
}

const MAX_READS = 200;
const MAX_REST_MS = 30_000;
const CURVE_POINTS = 240;
const MAX_CLOSED_CONNECTIONS = 5000;
const NO_SIGNS: ReadonlyMap<string, ServerSigns> = new Map();

/**
 * Asks every monitoring URL, again and again, for all readers at once. An asset is taken from its leader
 * only; when no URL reaches the leader the asset is left out and the status says so.
 */
export class Sweep implements AsyncDisposable {
  readonly #options: SweepOptions;
  readonly #stop = new AbortController();
  readonly #servers: MonitoringServer[];
  readonly #heard: HeardServers | undefined;
  readonly #known = new KnownServers();
  readonly #connections = new KnownConnections(MAX_CLOSED_CONNECTIONS);
  readonly #lag: LagBook;
  readonly #running: Promise<void>;
  #snapshot: ClusterSnapshot = EMPTY_CLUSTER;
  #sweeps = 0;
  #sweepMs = 0;
  #waiting: (() => void)[] = [];

  /** Throws MonitorSettingsError for a URL that can never work. */
  constructor(options: SweepOptions) {
    this.#options = options;
    const { timeoutMs, maxBodyBytes, allRaftGroups, tlsCa, tlsCert, tlsKey, intervalMs } = options;
    const { signal } = this.#stop;
    const asking = { timeoutMs, maxBodyBytes, allRaftGroups };
    const server = { ...asking, tlsCa, tlsCert, tlsKey, signal };
    this.#servers = [...new Set(options.urls)].map((url) => serverAtUrl(url, server));
    const { askSystem } = options;
    if (askSystem) this.#heard = new HeardServers({ ask: askSystem, ...asking });
    this.#lag = new LagBook({
      window: options.window ?? { spanMs: 6 * intervalMs, minSamples: 4 },
      messageTimes: options.messageTimes,
      spanTimes: options.spanTimes,
      maxReads: MAX_READS,
      curvePoints: CURVE_POINTS,
    });
    this.#running = this.#run();
  }

  get status(): MonitoringStatus[] {
    const own = this.#options.ownAccount?.status;
    return [...this.#servers.map((server) => server.status), ...(own ? [own] : [])];
  }

  /** Of the last sweep that ended. */
  get snapshot(): ClusterSnapshot {
    return this.#snapshot;
  }

  /** How long the last sweep took. */
  get sweepMs(): number {
    return this.#sweepMs;
  }

  /** Sweeps ended so far. */
  get sweeps(): number {
    return this.#sweeps;
  }

  /** Resolves at the end of the first sweep; at once when that has passed. */
  async first(): Promise<void> {
    if (this.#sweeps > 0 || this.#stop.signal.aborted) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#release();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { signs, ownAccount } = this.#options;
    const isNeeded = this.#servers.length > 0 || signs !== undefined || ownAccount !== undefined;
    await Promise.race([this.#options.begin, stopped(signal)]);
    while (!signal.aborted && isNeeded) {
      const started = performance.now();
      await this.#sweep();
      const tookMs = performance.now() - started;
      // A server that needs long is asked less often: never more than half of its time.
      const restMs = Math.max(0, this.#options.intervalMs - tookMs, Math.min(tookMs, MAX_REST_MS));
      await sleep(restMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #sweep(): Promise<void> {
    const startedMs = performance.now();
    const signs = this.#options.signs?.() ?? NO_SIGNS;
    const [answers, heard, own] = await Promise.all([
      Promise.all(this.#servers.map(async (server) => ({ server, answer: await server.ask() }))),
      this.#askHeard(signs),
      this.#options.ownAccount?.assets() ?? [],
    ]);
    if (this.#stop.signal.aborted) return;
    // The first answer of a URL says who it is: another way to the same server is not needed then.
    const ids = new Set(answers.map(({ answer }) => answer.identity?.id));
    const others = heard.filter(({ answer }) => !ids.has(answer.identity?.id) || !answer.identity);
    const asked = await this.#insteadOfLost(answers, signs);
    const all = [...asked, ...others].map(({ answer }) => answer);
    const leaders = leaderAssets([...all.flatMap(({ assets }) => assets), ...own]);
    for (const { server, answer } of answers) {
      const names = new Set(answer.assets.map(({ view }) => view.leader));
      const absent = [...leaders.unseen].filter(([leader]) => names.has(leader));
      if (server.status.error === '' && absent.length > 0) server.complain(unseenInWords(absent));
    }
    const assets = await this.#lag.take(leaders);
    const nowMs = Date.now();
    this.#connections.take(
      {
        open: all.flatMap(({ connections }) => connections),
        closed: all.flatMap(({ closed }) => closed),
      },
      nowMs,
    );
    const servers = this.#known.views([...asked, ...others], signs, nowMs);
    this.#snapshot = {
      time: (BigInt(nowMs) * 1_000_000n).toString(),
      servers,
      ...assets,
      connections: this.#connections.open,
      closed: this.#connections.closed,
      unknown: unknownParts(servers, this.#options.ownAccount),
    };
    this.#sweeps++;
    this.#sweepMs = performance.now() - startedMs;
    this.#release();
    this.#options.onStatus?.(this.status);
    await this.#handOver();
  }

  async #askHeard(signs: ReadonlyMap<string, ServerSigns>): Promise<AskedServer[]> {
    const elsewhere = new Set(this.#servers.map(({ status }) => status.server));
    return (await this.#heard?.ask(signs, (name) => !elsewhere.has(name))) ?? [];
  }

  /** A server whose monitoring port is away goes on over the system account, in the same sweep. */
  async #insteadOfLost(
    answers: readonly { server: MonitoringServer; answer: ServerAnswer }[],
    signs: ReadonlyMap<string, ServerSigns>,
  ): Promise<AskedServer[]> {
    const lost = new Set(
      answers.filter(({ answer }) => !answer.identity).map(({ server }) => server.status.server),
    );
    const heard = lost.size === 0 ? [] : await this.#heard?.ask(signs, (name) => lost.has(name));
    return answers.map(({ server, answer }) => {
      const instead = heard?.find(
        (one) => one.heardAs === server.status.server && one.answer.identity && !answer.identity,
      );
      if (!instead) return { status: server.status, answer };
      server.complain(`${server.status.error}; it is asked over the system account`);
      const { lastSuccess } = instead.status;
      return {
        status: { ...server.status, lastSuccess },
        answer: instead.answer,
        isUrlLost: true,
      };
    });
  }

  async #handOver(): Promise<void> {
    const { onAssets } = this.#options;
    if (!onAssets) return;
    const { streams, consumers } = this.#snapshot;
    const rows = [...streams.map(streamRow), ...consumers.map(consumerRow)];
    // A sink that hangs must not hold up the end.
    await Promise.race([onAssets(rows), stopped(this.#stop.signal)]);
  }

  #release(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }
}

async function stopped(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

function unseenInWords(absent: [leader: string, assets: number][]): string {
  return absent
    .map(([leader, assets]) =>
      leader === ''
        ? `${assets} streams and consumers have no leader now`
        : `${assets} streams and consumers are led by ${leader}, which did not answer here: ` +
          'is its monitoring URL missing?',
    )
    .join('; ');
}
