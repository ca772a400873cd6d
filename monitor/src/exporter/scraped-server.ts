import { type Fields, textAt } from '../endpoints/fields.ts';
import { reasonOf, ServerClient } from '../transport/server-client.ts';
import { type Asked, questionsOf } from './endpoint-questions.ts';
import {
  DEFAULT_LIMITS,
  type Endpoint,
  type ExporterSettings,
  parseServerAddress,
  type ServerAddress,
} from './exporter-settings.ts';
import { type Answer, type Outcome, runIdOf, SharedAnswer } from './shared-answer.ts';

/** One server in one scrape: outcomes appear as the answers come. */
export interface ServerSweep {
  readonly server: ScrapedServer;
  readonly serverId: string;
  /** Resolves when nothing is pending; never rejects. */
  readonly done: Promise<void>;
  outcomes(): Outcome[];
}

/** Which answers may be had without asking again. */
export type IsKept = (endpoint: Endpoint) => boolean;

/** A server that is asked again and again. Of what it said only the last of each endpoint is held. */
export class ScrapedServer {
  readonly #address: ServerAddress;
  readonly #settings: ExporterSettings;
  readonly #answers: readonly SharedAnswer[];
  readonly #client: ServerClient;
  readonly #shareMs: number;
  readonly #errors = new Map<string, ErrorCount>();
  #varz: { startedMs: number; isPending: boolean; fields: Promise<Fields> } | undefined;
  #serverId: string;
  #lastSuccessMs: number | null = null;

  /** Throws MonitorSettingsError for an address that can never work. */
  constructor(address: string, settings: ExporterSettings, signal: AbortSignal) {
    this.#address = parseServerAddress(address);
    this.#serverId = this.#address.id;
    this.#settings = settings;
    this.#answers = questionsOf(settings).map((question) => new SharedAnswer(question));
    const limits = { ...DEFAULT_LIMITS, ...settings.limits };
    this.#shareMs = limits.shareMs;
    this.#client = new ServerClient({
      base: this.#address.base,
      tlsCa: settings.tlsCa,
      tlsCert: settings.tlsCert,
      tlsKey: settings.tlsKey,
      limits,
      signal,
    });
  }

  /** Unix ms of the last answer of any kind; null before the first. */
  get lastSuccessMs(): number | null {
    return this.#lastSuccessMs;
  }

  get errors(): Iterable<ErrorCount> {
    return this.#errors.values();
  }

  get answers(): readonly SharedAnswer[] {
    return this.#answers;
  }

  /** Joins in what is asked already, takes what is kept if the server still lives, asks the rest. */
  scrape(isKept: IsKept): ServerSweep {
    const startedMs = performance.now();
    const outcomes = new Map<Endpoint, Outcome>();
    const done = this.#answers.map(async (shared) => {
      outcomes.set(shared.question.endpoint, await this.#outcome(shared, isKept));
    });
    const server = this;
    return {
      server,
      get serverId() {
        return server.#serverId;
      },
      done: Promise.all(done).then(() => undefined),
      outcomes: () =>
        this.#answers.map(
          ({ question, last }) =>
            outcomes.get(question.endpoint) ??
            this.#without(question, { error: 'pending', startedMs: last?.startedMs ?? startedMs }),
        ),
    };
  }

  /** Asks for these endpoints again, for a scrape that is due at `forMs`. */
  async askAhead(endpoints: ReadonlySet<Endpoint>, forMs: number): Promise<void> {
    const ahead = this.#answers.filter(
      ({ question, last }) => endpoints.has(question.endpoint) && last?.ended !== null,
    );
    await Promise.all(ahead.map((shared) => this.#ask(shared, forMs).outcome));
  }

  async #outcome(shared: SharedAnswer, isKept: IsKept): Promise<Outcome> {
    const { last, question } = shared;
    const nowMs = performance.now();
    if (last && (last.ended === null || nowMs - last.startedMs < this.#shareMs)) {
      return await last.outcome;
    }
    if (last?.ended?.error !== null || !isKept(question.endpoint)) {
      return await this.#ask(shared, nowMs).outcome;
    }
    try {
      if (last.runId === runIdOf(await this.#askVarz())) return last.ended;
    } catch (error) {
      return this.#without(question, { error: reasonOf(error), startedMs: nowMs });
    }
    const next = shared.last === last ? this.#ask(shared, nowMs) : shared.last;
    return await (next ?? last).outcome;
  }

  #ask(shared: SharedAnswer, forMs: number): Answer {
    const varz = this.#askVarz();
    const asked: Asked = { client: this.#client, varz: () => varz };
    const answer = shared.ask(asked, { forMs, serverId: () => this.#identify(varz) });
    void answer.outcome.then(({ endpoint, error }) => {
      if (error === null) this.#lastSuccessMs = Date.now();
      else this.#count(endpoint, error);
    });
    return answer;
  }

  /** One request for all who need it at a time. */
  #askVarz(): Promise<Fields> {
    const startedMs = performance.now();
    const last = this.#varz;
    if (last && (last.isPending || startedMs - last.startedMs < this.#shareMs)) return last.fields;
    const fields = this.#client.get('varz').finally(() => {
      varz.isPending = false;
    });
    const varz = { startedMs, isPending: true, fields };
    this.#varz = varz;
    return fields;
  }

  /** A server that gave no identity keeps the last one, which is its URL before the first answer. */
  async #identify(answer: Promise<Fields>): Promise<string> {
    const { serverIdFrom = 'url' } = this.#settings;
    if (serverIdFrom === 'url') return this.#serverId;
    try {
      const varz = await answer;
      this.#serverId = textAt(varz, serverIdFrom) || textAt(varz, 'server_id') || this.#serverId;
    } catch {
      // Said by each endpoint that fails with it; the others are labelled as before.
    }
    return this.#serverId;
  }

  #without(
    { endpoint, unanswered }: SharedAnswer['question'],
    { error, startedMs }: Pick<Outcome, 'startedMs'> & { error: string },
  ): Outcome {
    const blocks = unanswered?.(this.#serverId) ?? [];
    return { endpoint, blocks, error, startedMs, durationMs: performance.now() - startedMs };
  }

  #count(endpoint: Endpoint, reason: string): void {
    const key = `${endpoint} ${reason}`;
    const before = this.#errors.get(key)?.count ?? 0;
    this.#errors.set(key, { endpoint, reason, count: before + 1 });
  }
}

export interface ErrorCount {
  endpoint: Endpoint;
  reason: string;
  count: number;
}
