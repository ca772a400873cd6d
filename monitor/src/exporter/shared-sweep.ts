import { setTimeout as sleep } from 'node:timers/promises';
import { type MetricBlock, specs } from '../endpoints/compat/metric-block.ts';
import type { Endpoint, ExporterSettings } from './exporter-settings.ts';
import { ScrapeRhythm } from './scrape-rhythm.ts';
import type { Scrape, Scraped, Scraper } from './scraped.ts';
import { ScrapedServer, type ServerSweep } from './scraped-server.ts';
import { serverTruth } from './server-truth.ts';
import type { Outcome, SharedAnswer } from './shared-answer.ts';
import { type LastSweep, planAhead, planEvery, type SweepPlan } from './sweep-plan.ts';

/** An answer that takes longer is asked for ahead of the scrape. */
const SLOW_MS = 500;
/** Each scrape asks for these itself: whether a server lives, and is well. */
const NEVER_KEPT: ReadonlySet<Endpoint> = new Set([
  'varz',
  'healthz',
  'healthz_js_enabled_only',
  'healthz_js_server_only',
]);
/** Nobody scraped for so long, or so many intervals: the servers are left alone until somebody does. */
const IDLE_MS = 60_000;
const IDLE_INTERVALS = 5;

/**
 * What scrapes share (ADR 0007). Quick endpoints are asked when somebody scrapes. Slow ones are asked once
 * between two scrapes of a scraper that comes regularly, just before its next, or once in an interval, and
 * kept for all; a scrape has them only of servers that still answer. A scraper whose deadline comes first
 * gets what is there by then, and the rest as an error.
 */
export class SharedSweep implements Scraped {
  readonly #stop = new AbortController();
  readonly #servers: ScrapedServer[];
  readonly #endpoints: ReadonlySet<Endpoint>;
  readonly #intervalMs: number | null;
  readonly #rhythm = new ScrapeRhythm();
  readonly #ahead = new Set<Promise<void>>();
  #plan: SweepPlan | null = null;
  #timer: NodeJS.Timeout | undefined;
  #last: { scraper: Scraper; atMs: number } | undefined;
  #shared: { outcomes: readonly Outcome[]; blocks: readonly MetricBlock[] } | undefined;

  /** Throws MonitorSettingsError for settings that can never work. */
  constructor(settings: ExporterSettings) {
    this.#endpoints = settings.endpoints;
    this.#intervalMs = settings.intervalMs ?? null;
    this.#servers = settings.servers.map(
      (address) => new ScrapedServer(address, settings, this.#stop.signal),
    );
  }

  async scrape(scraper: Scraper): Promise<Scrape> {
    const atMs = performance.now();
    this.#last = { scraper, atMs };
    this.#rhythm.add(scraper.id, atMs);
    const kept = this.#kept();
    const isKept = (endpoint: Endpoint): boolean =>
      kept.has(endpoint) && atMs < (this.#plan?.keepUntilMs ?? 0);
    const sweeps = this.#servers.map((server) => server.scrape(isKept));
    // What is asked again is let go first: two answers of 30,000 consumers are never held.
    if (kept.size === 0 || this.#isAsking(kept)) this.#shared = undefined;
    const done = Promise.all(sweeps.map((sweep) => sweep.done)).then(() => this.#planNext());
    const waited = new AbortController();
    const { signal } = waited;
    const deadline = sleep(scraper.deadlineMs, undefined, { signal }).catch(() => undefined);
    await Promise.race([done, deadline]);
    waited.abort();
    return this.#answer(sweeps);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await Promise.all(this.#ahead);
  }

  #answer(sweeps: readonly ServerSweep[]): Scrape {
    const swept = sweeps.map((sweep) => ({
      server: sweep.server,
      serverId: sweep.serverId,
      outcomes: sweep.outcomes(),
    }));
    const outcomes = swept.flatMap((one) => one.outcomes);
    const kept = this.#kept();
    const isShared = ({ endpoint }: Outcome): boolean => kept.size === 0 || kept.has(endpoint);
    return {
      // The blocks of a name stand together, whichever server they are of.
      shared: this.#sharedOf(outcomes.filter(isShared)),
      own: [
        ...blocksOf(outcomes.filter((outcome) => !isShared(outcome))),
        ...serverTruth(swept),
        ageBlock(outcomes),
      ],
    };
  }

  #sharedOf(all: readonly Outcome[]): readonly MetricBlock[] {
    const outcomes = all.filter(({ blocks }) => blocks.length > 0);
    const last = this.#shared?.outcomes;
    const isSame =
      last?.length === outcomes.length && outcomes.every((outcome, at) => outcome === last[at]);
    if (!isSame) this.#shared = { outcomes, blocks: blocksOf(outcomes) };
    return this.#shared?.blocks ?? [];
  }

  /** Endpoints that need not be asked by each scrape. */
  #kept(): ReadonlySet<Endpoint> {
    const isKept = (endpoint: Endpoint): boolean =>
      !NEVER_KEPT.has(endpoint) &&
      (this.#intervalMs !== null ||
        this.#answersOf(endpoint).some(({ longestMs }) => longestMs > SLOW_MS));
    return new Set([...this.#endpoints].filter(isKept));
  }

  #answersOf(endpoint: Endpoint): SharedAnswer[] {
    return this.#servers.flatMap(({ answers }) =>
      answers.filter(({ question }) => question.endpoint === endpoint),
    );
  }

  #isAsking(endpoints: ReadonlySet<Endpoint>): boolean {
    return [...endpoints].some((endpoint) =>
      this.#answersOf(endpoint).some(({ last }) => last?.ended === null),
    );
  }

  #planNext(): void {
    if (this.#stop.signal.aborted) return;
    const kept = this.#kept();
    // What is being asked for plans when it ends.
    if (this.#isAsking(kept)) return;
    const answers = [...kept].flatMap((endpoint) => this.#answersOf(endpoint));
    clearTimeout(this.#timer);
    const last = lastSweepOf(answers);
    this.#plan = last && this.#planAfter(last);
    if (!this.#plan) return;
    const { startMs, forMs } = this.#plan;
    const waitMs = Math.max(0, startMs - performance.now());
    this.#timer = setTimeout(() => this.#begin(forMs), waitMs);
  }

  #planAfter(last: LastSweep): SweepPlan | null {
    const nowMs = performance.now();
    if (this.#intervalMs === null) return planAhead(this.#rhythm, last, nowMs);
    const idleMs = Math.max(IDLE_MS, IDLE_INTERVALS * this.#intervalMs);
    return nowMs - (this.#last?.atMs ?? 0) > idleMs ? null : planEvery(this.#intervalMs, last);
  }

  #begin(forMs: number): void {
    const isExpected =
      this.#intervalMs !== null || this.#rhythm.periodMs(performance.now()) !== null;
    if (!isExpected) {
      this.#plan = null;
      return;
    }
    const ahead = this.#askAhead(forMs);
    this.#ahead.add(ahead);
    void ahead.finally(() => this.#ahead.delete(ahead));
  }

  async #askAhead(forMs: number): Promise<void> {
    const kept = this.#kept();
    // Whoever comes now waits for the next.
    this.#shared = undefined;
    await Promise.all(this.#servers.map((server) => server.askAhead(kept, forMs)));
    const outcomes = this.#servers.flatMap(({ answers }) =>
      answers.flatMap(({ question, last }) =>
        kept.has(question.endpoint) && last?.ended ? [last.ended] : [],
      ),
    );
    await this.#last?.scraper.prepare(this.#sharedOf(outcomes));
    this.#planNext();
  }
}

function lastSweepOf(answers: readonly SharedAnswer[]): LastSweep | null {
  const lasts = answers.flatMap(({ last }) => (last ? [last] : []));
  if (lasts.length === 0) return null;
  return {
    startedMs: Math.max(...lasts.map(({ startedMs }) => startedMs)),
    endedMs: Math.max(...lasts.map(({ startedMs, ended }) => startedMs + (ended?.durationMs ?? 0))),
    forMs: Math.max(...lasts.map(({ forMs }) => forMs)),
    longestMs: Math.max(...answers.map(({ longestMs }) => longestMs)),
  };
}

const blocksOf = (outcomes: readonly Outcome[]): MetricBlock[] =>
  outcomes.flatMap(({ blocks }) => blocks);

/** The oldest of what is there. */
const ageBlock = (outcomes: readonly Outcome[]): MetricBlock => ({
  metrics: specs('hopline_exporter', {
    sweep_age_seconds: 'since a server was asked for the oldest figures in this scrape',
  }),
  rows: [
    {
      labels: '',
      values: [
        (performance.now() - Math.min(...outcomes.map(({ startedMs }) => startedMs))) / 1000,
      ],
    },
  ],
});
