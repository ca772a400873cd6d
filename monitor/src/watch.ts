import type { AdvisoryRow, AssetRow, ClusterEventRow, HopRow } from '@hopline/model';
import { type ClusterSnapshot, EMPTY_CLUSTER } from '@hopline/model/api';
import { exposition } from './endpoints/exposition.ts';
import { inWords } from './errors.ts';
import { Advisories, type AdvisoryCounts } from './events/advisories.ts';
import { AdvisoryCounter } from './events/advisory-counter.ts';
import { MetricEvents } from './events/metric-events.ts';
import { type TraceEventCounts, TraceEvents } from './events/trace-events.ts';
import type { WindowLimits } from './lag/lag-sample.ts';
import { DEFAULT_MAX_SERIES } from './native/native-blocks.ts';
import { nativeText } from './native-text.ts';
import type { MonitoringStatus } from './servers/monitoring-server.ts';
import { OwnAccount } from './servers/own-account.ts';
import { SystemSource } from './servers/system-source.ts';
import { DirectReads } from './sweep/direct-reads.ts';
import type { SpanTimes } from './sweep/lag-book.ts';
import { RowBuffer, type RowBufferStatus } from './sweep/row-buffer.ts';
import { Sweep } from './sweep/sweep.ts';
import { SweepRows } from './sweep/sweep-rows.ts';
import { Connection, type ConnectionState } from './transport/connection.ts';
import { httpBase } from './transport/http-base.ts';
import { type NatsSettings, parseNatsServer } from './transport/nats-settings.ts';

/** Takes rows; the next batch of its kind waits until it settles. Rejecting means "retry later". */
export type Sink<Row> = (rows: Row[]) => Promise<void> | void;

export interface WatchOptions {
  /** Without it, or with no servers, nothing is subscribed. */
  nats?: NatsSettings | undefined;
  /** A user of the system account: servers are heard and asked over NATS; what happens to connections. */
  system?: NatsSettings | undefined;
  monitor?:
    | {
        urls: string[];
        intervalMs: number;
        timeoutMs: number;
        /** Path of a CA certificate for https URLs. */
        tlsCa?: string | undefined;
        /** Paths of a client certificate and its key. */
        tlsCert?: string | undefined;
        tlsKey?: string | undefined;
        /** What a verdict must have seen. Default: six intervals. */
        window?: WindowLimits | undefined;
      }
    | undefined;
  /** `msg_trace.dest` of the watched account. */
  traceSubject: string;
  /** Where exports of services publish their latency. Default none. */
  latencySubjects?: readonly string[] | undefined;
  /** Series of streams and consumers at most, in metricsText(). Default 200,000. */
  maxSeries?: number | undefined;
  /** What spans tell of deliveries, where servers do not give the times. Default nothing. */
  spanTimes?: SpanTimes | undefined;
  onHops: Sink<HopRow>;
  onAdvisories: Sink<AdvisoryRow>;
  onAssets: Sink<AssetRow>;
  /** What servers tell of themselves and of connections; needs `system`. */
  onEvents?: Sink<ClusterEventRow> | undefined;
  /** Each change of the NATS connection. */
  onState?: ((state: ConnectionState) => void) | undefined;
  log?: WatchLog | undefined;
  limits?: Partial<WatchLimits> | undefined;
}

/** The part of a pino logger that is used. */
export interface WatchLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface WatchLimits {
  /** Rows of one hand-over. */
  batchRows: number;
  /** Longest a row waits for its batch. */
  batchAgeMs: number;
  /** Rows of one kind that wait for a slow sink; past it new ones are dropped and counted. */
  maxBufferedRows: number;
  /** Longest wait between two attempts to connect. */
  maxBackoffMs: number;
}

export interface WatchStatus {
  nats: {
    state: 'not configured' | ConnectionState['state'];
    servers: string[];
    server: string;
    error: string;
    traceSubject: string;
  };
  monitor: MonitoringStatus[];
  /** Connection of the system account. */
  system: { state: 'not configured' | ConnectionState['state']; error: string };
  rows: {
    hops: RowBufferStatus;
    advisories: RowBufferStatus;
    assets: RowBufferStatus;
    events: RowBufferStatus;
  };
  refused: { traceEvents: TraceEventCounts; advisories: AdvisoryCounts };
}

export interface Watch extends AsyncDisposable {
  status(): WatchStatus;
  /** Native metrics as Prometheus reads them, docs/metrics.md. '' when nothing is watched. */
  metricsText(): string;
  /** All that is known of servers, streams, consumers and connections. */
  cluster(): ClusterSnapshot;
}

const READ_TIMEOUT_MS = 2_000;

const DEFAULTS: WatchLimits = {
  batchRows: 500,
  batchAgeMs: 50,
  maxBufferedRows: 50_000,
  maxBackoffMs: 10_000,
};

/**
 * Watches NATS servers until disposed. Nothing that can be down is an error: what does not work is in
 * `status()` and is tried again. Throws MonitorSettingsError for URLs that can never work. Nothing is
 * ever sent that changes anything: subscriptions, questions that only read, and GETs of monitoring endpoints.
 */
export function watch(options: WatchOptions): Watch {
  refuseWrongAddresses(options);
  return new Watcher(options);
}

/** Before anything runs: what was started beside a refused address would run on, and nobody could stop it. */
function refuseWrongAddresses({ nats, system, monitor }: WatchOptions): void {
  for (const address of [...(nats?.servers ?? []), ...(system?.servers ?? [])]) {
    parseNatsServer(address);
  }
  for (const url of monitor?.urls ?? []) httpBase(url);
}

class Watcher implements Watch {
  readonly #options: WatchOptions;
  readonly #hops: RowBuffer<HopRow>;
  readonly #advisories: RowBuffer<AdvisoryRow>;
  readonly #assets: SweepRows;
  readonly #traceEvents: TraceEvents;
  readonly #advisoryEvents: Advisories;
  readonly #advisoryCounter = new AdvisoryCounter();
  readonly #metricEvents: MetricEvents;
  readonly #events: RowBuffer<ClusterEventRow>;
  readonly #connection: Connection | undefined;
  readonly #system: SystemSource | undefined;
  readonly #sweep: Sweep | undefined;
  readonly #saidOfUrl = new Map<string, string>();

  constructor(options: WatchOptions) {
    this.#options = options;
    const limits = { ...DEFAULTS, ...options.limits };
    this.#hops = this.#buffer('hops', options.onHops, limits);
    this.#advisories = this.#buffer('advisories', options.onAdvisories, limits);
    this.#events = this.#buffer('events', options.onEvents ?? (() => undefined), limits);
    this.#metricEvents = new MetricEvents(options.latencySubjects ?? []);
    this.#assets = new SweepRows(options.onAssets, limits.batchRows);
    this.#traceEvents = new TraceEvents(options.traceSubject, (row) => this.#hops.push(row));
    this.#advisoryEvents = new Advisories((row) => {
      this.#advisoryCounter.take(row);
      this.#advisories.push(row);
    });
    const { nats, monitor, system } = options;
    const isConnected = nats !== undefined && nats.servers.length > 0;
    const heard =
      system && system.servers.length > 0 ? this.#hear(system, limits.maxBackoffMs) : undefined;
    this.#system = heard;
    const reads = new DirectReads((subject, body) => {
      if (!this.#connection) return Promise.reject(new Error('cannot ask: not connected'));
      return this.#connection.ask(subject, body, READ_TIMEOUT_MS);
    });
    if (monitor && (monitor.urls.length > 0 || heard || isConnected)) {
      this.#sweep = new Sweep({
        ...monitor,
        spanTimes: options.spanTimes,
        ...(isConnected ? { messageTimes: reads } : {}),
        ...(heard || monitor.urls.length > 0
          ? {}
          : { ownAccount: this.#ownAccount(monitor.timeoutMs) }),
        ...(heard ? { signs: () => heard.signs, askSystem: heard.ask } : {}),
        onAssets: async (rows) => {
          const error = await this.#assets.handOver(rows);
          if (error !== '') options.log?.warn({ error }, 'cannot hand over assets');
        },
        onStatus: (status) => this.#logMonitoring(status),
      });
    }
    if (isConnected) {
      this.#connection = new Connection({
        nats,
        subscriptions: [
          this.#traceEvents,
          ...this.#advisoryEvents.subscriptions,
          ...this.#metricEvents.subscriptions,
        ],
        onState: (state) => {
          reads.forget();
          this.#takeState(state);
        },
        onMessageError: (error) =>
          options.log?.warn({ error: inWords(error) }, 'cannot take a message'),
        maxBackoffMs: limits.maxBackoffMs,
      });
    }
  }

  #ownAccount(timeoutMs: number): OwnAccount {
    return new OwnAccount({
      timeoutMs,
      serverName: () => this.#connection?.state.server ?? '',
      ask: async (...question) => {
        if (!this.#connection) throw new Error('cannot ask: not connected');
        return await this.#connection.ask(...question);
      },
    });
  }

  #hear(system: NatsSettings, maxBackoffMs: number): SystemSource {
    const { log } = this.#options;
    return new SystemSource({
      nats: system,
      onEvent: (row) => this.#events.push(row),
      onState: (state) => log?.info({ ...state }, `NATS system account ${state.state}`),
      onMessageError: (error) => log?.warn({ error: inWords(error) }, 'cannot take a message'),
      maxBackoffMs,
    });
  }

  status(): WatchStatus {
    const { state, server, error } = this.#connection?.state ?? NOT_CONFIGURED;
    const { traceSubject } = this.#options;
    return {
      nats: { state, servers: this.#connection?.servers ?? [], server, error, traceSubject },
      monitor: this.#sweep?.status ?? [],
      system: {
        state: this.#system?.state.state ?? 'not configured',
        error: this.#system?.state.error ?? '',
      },
      rows: {
        events: this.#events.status,
        hops: this.#hops.status,
        advisories: this.#advisories.status,
        assets: this.#assets.status,
      },
      refused: {
        traceEvents: { ...this.#traceEvents.refused },
        advisories: { ...this.#advisoryEvents.refused },
      },
    };
  }

  metricsText(): string {
    const heard = this.#connection
      ? [...this.#advisoryCounter.blocks(), ...this.#metricEvents.blocks()]
      : [];
    if (!this.#sweep) return [...exposition(heard, 'text')].join('');
    const { snapshot, sweeps, sweepMs } = this.#sweep;
    const { maxSeries = DEFAULT_MAX_SERIES } = this.#options;
    return nativeText(snapshot, { maxSeries, sweeps, sweepMs }, heard);
  }

  cluster(): ClusterSnapshot {
    return this.#sweep?.snapshot ?? EMPTY_CLUSTER;
  }

  /** Sources first, then what they left in the buffers is handed over. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([
      this.#system?.[Symbol.asyncDispose](),
      this.#connection?.[Symbol.asyncDispose](),
      this.#sweep?.[Symbol.asyncDispose](),
    ]);
    await Promise.all([
      this.#hops[Symbol.asyncDispose](),
      this.#advisories[Symbol.asyncDispose](),
      this.#events[Symbol.asyncDispose](),
    ]);
  }

  #buffer<Row>(kind: string, sink: Sink<Row>, limits: WatchLimits): RowBuffer<Row> {
    const { log } = this.#options;
    return new RowBuffer({
      sink,
      batchRows: limits.batchRows,
      batchAgeMs: limits.batchAgeMs,
      maxRows: limits.maxBufferedRows,
      onSinkError: (error) =>
        log?.warn({ kind, error: inWords(error) }, 'cannot hand over rows, trying again'),
      onOverflow: () =>
        log?.warn({ kind, maxRows: limits.maxBufferedRows }, 'buffer is full, dropping rows'),
    });
  }

  #takeState(state: ConnectionState): void {
    const { log, onState } = this.#options;
    if (state.error === '') log?.info({ ...state }, `NATS ${state.state}`);
    else log?.warn({ ...state }, `NATS ${state.state}`);
    onState?.(state);
  }

  /** Once for each change, not once for each sweep. */
  #logMonitoring(status: MonitoringStatus[]): void {
    const { log } = this.#options;
    for (const { url, up, server, error } of status) {
      const before = this.#saidOfUrl.get(url);
      this.#saidOfUrl.set(url, error);
      if (before === error || (before === undefined && error === '')) continue;
      if (error === '') log?.info({ url, server }, 'monitoring answers again');
      else log?.warn({ url, up, server, error }, 'monitoring has a problem');
    }
  }
}

const NOT_CONFIGURED = { state: 'not configured', server: '', error: '' } as const;
